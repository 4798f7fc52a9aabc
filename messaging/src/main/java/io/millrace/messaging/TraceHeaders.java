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
 * (W3C Trace Context). A service without tracing passes it on unchanged.
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
   * The tracer of a service without tracing: its spans are those that it was called with. The
   * tracer that Quarkus provides with OpenTelemetry disabled would start new traces that no one can
   * see.
   */
  public static Tracer untraced() {
    return TracerProvider.noop().get("millrace");
  }

  /**
   * Makes a span the current one if it has a trace; otherwise logs would show a trace id of zeros.
   */
  public static Scope enter(Span span) {
    return span.getSpanContext().isValid() ? span.makeCurrent() : Scope.noop();
  }

  /** The trace context of a record; without a span if the record has no valid trace. */
  public static Context read(Headers headers) {
    return W3C.extract(Context.root(), headers, GETTER);
  }

  /** Adds the trace of a context to a record; does nothing if the context has none. */
  public static void write(Context trace, Headers headers) {
    W3C.inject(
        trace,
        headers,
        (to, key, value) -> to.remove(key).add(key, value.getBytes(StandardCharsets.UTF_8)));
  }
}
