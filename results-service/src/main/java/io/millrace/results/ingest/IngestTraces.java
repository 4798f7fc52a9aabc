package io.millrace.results.ingest;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The spans of the ingest. Each batch of events has a span in a trace of its own, with links to the
 * traces of its runs. Each run that ends in the batch has a span in its own trace, the last one.
 */
@ApplicationScoped
public class IngestTraces {
  private final Tracer tracer;

  IngestTraces(
      Tracer tracer, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean untraced) {
    this.tracer = untraced ? TraceHeaders.untraced() : tracer;
  }

  /** Records the spans of a batch of events that has been stored. */
  void stored(List<ReceivedEvent> events, Instant start) {
    SpanBuilder batch =
        tracer
            .spanBuilder("ingest")
            .setNoParent()
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(start)
            .setAttribute("messaging.batch.message_count", events.size());
    events.stream().map(IngestTraces::span).distinct().forEach(batch::addLink);
    Span ingest = batch.startSpan();
    events.stream()
        .filter(received -> endsRun(received.event()))
        .forEach(received -> ended(received, start, ingest.getSpanContext()));
    ingest.end();
  }

  private void ended(ReceivedEvent received, Instant start, SpanContext batch) {
    tracer
        .spanBuilder("run ended")
        .setParent(received.trace())
        .setStartTimestamp(start)
        .addLink(batch)
        .setAttribute("millrace.run", received.event().run())
        .startSpan()
        .end();
  }

  private static SpanContext span(ReceivedEvent received) {
    return Span.fromContext(received.trace()).getSpanContext();
  }

  private static boolean endsRun(TrainingEvent event) {
    return event instanceof TrainingEvent.RunCompleted
        || event instanceof TrainingEvent.RunFailed
        || event instanceof TrainingEvent.RunCancelled
        || event instanceof TrainingEvent.RunRejected;
  }
}
