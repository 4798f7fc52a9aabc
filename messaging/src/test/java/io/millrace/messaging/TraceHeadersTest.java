package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

  @Test
  void aTraceIsPassedFromRecordToRecord() {
    Context trace = TraceHeaders.read(headers(PARENT));
    Headers next = headers("00-11111111111111111111111111111111-2222222222222222-00");

    TraceHeaders.write(trace, next);

    assertThat(Span.fromContext(trace).getSpanContext().getTraceId()).isEqualTo(TRACE);
    assertThat(next.headers("traceparent"))
        .extracting(Header::value)
        .containsExactly(PARENT.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aServiceWithoutTracingStartsNoTraceAndPassesOnAGivenOne() {
    Headers none = new RecordHeaders();
    Headers given = new RecordHeaders();

    for (Headers headers : List.of(none, given)) {
      Context from = headers == given ? TraceHeaders.read(headers(PARENT)) : Context.root();
      Span span = TraceHeaders.untraced().spanBuilder("task").setParent(from).startSpan();
      TraceHeaders.write(Context.root().with(span), headers);
    }

    assertThat(none).isEmpty();
    assertThat(given).isEqualTo(headers(PARENT));
  }

  @Test
  void onlyASpanOfATraceIsMadeCurrent() {
    for (Context trace : List.of(TraceHeaders.read(headers(PARENT)), Context.root())) {
      Span span = TraceHeaders.untraced().spanBuilder("task").setParent(trace).startSpan();
      Context before = Context.current();
      try (Scope ignored = TraceHeaders.enter(span)) {
        assertThat(Span.current().getSpanContext()).isEqualTo(span.getSpanContext());
        assertThat(Context.current() == before).isEqualTo(trace == Context.root());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "not a trace", "00-00000000000000000000000000000000-0-0"})
  void anInvalidTraceHeaderIsIgnored(String parent) {
    Headers headers = headers(parent);

    Context trace = TraceHeaders.read(headers);
    TraceHeaders.write(trace, headers);

    assertThat(Span.fromContext(trace).getSpanContext().isValid()).isFalse();
    assertThat(headers).isEqualTo(headers(parent));
  }

  private static Headers headers(String parent) {
    return new RecordHeaders().add("traceparent", parent.getBytes(StandardCharsets.UTF_8));
  }
}
