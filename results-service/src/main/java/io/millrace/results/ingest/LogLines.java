package io.millrace.results.ingest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.contracts.json.Messages;
import io.millrace.results.store.Rows;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The log entries of requests and events. */
final class LogLines {
  /** Fields that the entry has outside its body, or that are too large for it. */
  private static final List<String> NOT_IN_BODY =
      List.of(
          "version",
          "type",
          "run",
          "at",
          "request",
          "layers",
          "confusion",
          "prediction",
          "answers");

  private LogLines() {}

  /** The entry of an event; empty for steps, which have curves instead. */
  static Optional<Rows.LogRow> of(ReceivedEvent received) {
    TrainingEvent event = received.event();
    if (event instanceof RunQueued queued) {
      return queued.request().isExtension()
          ? line(
              received,
              "queued",
              "extension to %s is waiting for a trainer",
              count(queued.request().epochs(), "epoch"))
          : line(received, "queued", "is waiting for a trainer");
    } else if (event instanceof RunStarted started) {
      return started.resumedAtStep() > 0
          ? line(
              received, "resumed", "resumes at step %d on %s", started.resumedAtStep(), on(started))
          : line(received, "started", "starts on %s", on(started));
    } else if (event instanceof EpochCompleted epoch) {
      return line(
          received, "epoch-completed", "epoch %d: %s", epoch.epoch() + 1, list(epoch.metrics()));
    } else if (event instanceof RunEvaluated evaluated) {
      return line(
          received,
          "evaluated",
          "evaluated on %s: %s",
          count(evaluated.samples(), "test sample"),
          list(evaluated.metrics()));
    } else if (event instanceof RunCompleted end) {
      return line(
          received,
          "completed",
          "completed: %s, %s",
          count(end.epochs(), "epoch"),
          count(end.steps(), "step"));
    } else if (event instanceof RunFailed end) {
      return line(received, "failed", "%s", end.reason());
    } else if (event instanceof RunCancelled end) {
      String where = end.step() == null ? "" : " at step " + end.step();
      return line(received, "cancelled", "was cancelled by a user%s", where);
    } else if (event instanceof RunRejected refused) {
      return line(received, "rejected", "%s", refused.reason());
    } else if (event instanceof RunArchived put) {
      return put.archived()
          ? line(received, "archived", "was archived by a user")
          : line(received, "restored", "was restored by a user");
    }
    return Optional.empty();
  }

  /** A count with its unit; {@code ?} if the event does not have it. */
  private static String count(Number many, String thing) {
    return many == null ? "? " + thing + "s" : Check.count(many.longValue(), thing);
  }

  private static String on(RunStarted started) {
    return started.trainer() + ", " + started.device();
  }

  private static String list(Map<String, Double> metrics) {
    return metrics.entrySet().stream()
        .map(metric -> metric.getKey() + " " + number(metric.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** A number with four significant digits. */
  private static String number(Double value) {
    return value == null ? "not finite" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static Optional<Rows.LogRow> line(
      ReceivedEvent received, String type, String text, Object... values) {
    TrainingEvent event = received.event();
    ObjectNode body = (ObjectNode) Messages.tree(event);
    body.remove(NOT_IN_BODY);
    return Optional.of(
        new Rows.LogRow(
            event.run(),
            received.claim(),
            UUID.nameUUIDFromBytes(received.bytes()).toString(),
            event.at(),
            type,
            text.formatted(values),
            body));
  }
}
