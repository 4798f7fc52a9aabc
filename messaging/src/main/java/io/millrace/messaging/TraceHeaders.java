package io.millrace.messaging;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The trace that a record belongs to, in its headers {@code traceparent} and {@code tracestate}
 * (W3C Trace Context). A service that does not trace hands it on all the same.
 */
public final class TraceHeaders {
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<Headers> GETTER =
      new TextMapGetter<>() {
        @Override
        public List<String> keys(Headers headers) {
          var keys = new ArrayList<String>();
          headers.forEach(header -> keys.add(header.key()));
          return keys;
        }

        @Override
        public String get(Headers headers, String key) {
          Header header = headers.lastHeader(key);
          return header == null || header.value() == null
              ? null
              : new String(header.value(), StandardCharsets.UTF_8);
        }
      };

  private TraceHeaders() {}

  /**
   * For a service that does not trace: its spans are those that it was called with. What Quarkus
   * gives where OpenTelemetry is disabled begins traces all the same, which nobody ever sees.
   */
  public static Tracer untraced() {
    return TracerProvider.noop().get("millrace");
  }

  /** Makes a span the current one, where there is a trace: of none, logs would show its zeros. */
  public static Scope enter(Span span) {
    return span.getSpanContext().isValid() ? span.makeCurrent() : Scope.noop();
  }

  /** The trace of a record; of one that has none, or none that can be read, a context without. */
  public static Context read(Headers headers) {
    return W3C.extract(Context.root(), headers, GETTER);
  }

  /** Puts a record into the trace of a context; leaves it as it is where that has none. */
  public static void write(Context trace, Headers headers) {
    W3C.inject(
        trace,
        headers,
        (to, key, value) -> to.remove(key).add(key, value.getBytes(StandardCharsets.UTF_8)));
  }
}
