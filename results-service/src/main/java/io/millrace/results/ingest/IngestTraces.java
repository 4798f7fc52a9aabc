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
 * The spans of the ingest: one of a batch of events, in a trace of its own with links to the runs
 * that it tells of, and one of each run that it ends, in the trace of that run, whose last it is.
 */
@ApplicationScoped
public class IngestTraces {
  private final Tracer tracer;

  IngestTraces(
      Tracer tracer, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean untraced) {
    this.tracer = untraced ? TraceHeaders.untraced() : tracer;
  }

  /** A batch of events that is stored by now. */
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
        .filter(told -> endsRun(told.event()))
        .forEach(told -> ended(told, start, ingest.getSpanContext()));
    ingest.end();
  }

  private void ended(ReceivedEvent told, Instant start, SpanContext batch) {
    tracer
        .spanBuilder("run ended")
        .setParent(told.trace())
        .setStartTimestamp(start)
        .addLink(batch)
        .setAttribute("millrace.run", told.event().run())
        .startSpan()
        .end();
  }

  private static SpanContext span(ReceivedEvent told) {
    return Span.fromContext(told.trace()).getSpanContext();
  }

  private static boolean endsRun(TrainingEvent event) {
    return event instanceof TrainingEvent.RunCompleted
        || event instanceof TrainingEvent.RunFailed
        || event instanceof TrainingEvent.RunCancelled
        || event instanceof TrainingEvent.RunRejected;
  }
}
