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

/** What the log says of requests and events. */
final class LogLines {
  /** Fields that stand beside the body, or are too large for a line. */
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

  /** What an event tells; empty of steps, which have curves of their own. */
  static Optional<Rows.LogRow> of(ReceivedEvent told) {
    TrainingEvent event = told.event();
    if (event instanceof RunQueued queued) {
      return queued.request().isExtension()
          ? line(
              told,
              "queued",
              "its extension to %s waits",
              count(queued.request().epochs(), "epoch"))
          : line(told, "queued", "waits for a trainer");
    } else if (event instanceof RunStarted started) {
      return started.resumedAtStep() > 0
          ? line(told, "resumed", "goes on at step %d on %s", started.resumedAtStep(), on(started))
          : line(told, "started", "starts on %s", on(started));
    } else if (event instanceof EpochCompleted epoch) {
      return line(
          told, "epoch-completed", "epoch %d: %s", epoch.epoch() + 1, list(epoch.metrics()));
    } else if (event instanceof RunEvaluated evaluated) {
      return line(
          told,
          "evaluated",
          "on %s: %s",
          count(evaluated.samples(), "test sample"),
          list(evaluated.metrics()));
    } else if (event instanceof RunCompleted end) {
      return line(
          told,
          "completed",
          "completed: %s, %s",
          count(end.epochs(), "epoch"),
          count(end.steps(), "step"));
    } else if (event instanceof RunFailed end) {
      return line(told, "failed", "%s", end.reason());
    } else if (event instanceof RunCancelled end) {
      String where = end.step() == null ? "" : " at step " + end.step();
      return line(told, "cancelled", "was cancelled by a user%s", where);
    } else if (event instanceof RunRejected refused) {
      return line(told, "rejected", "%s", refused.reason());
    } else if (event instanceof RunArchived put) {
      return put.archived()
          ? line(told, "archived", "was archived by a user")
          : line(told, "restored", "was restored by a user");
    }
    return Optional.empty();
  }

  /** So many; {@code ?} where the event does not say. */
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

  /** With four digits that count. */
  private static String number(Double value) {
    return value == null ? "not finite" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static Optional<Rows.LogRow> line(
      ReceivedEvent told, String type, String text, Object... values) {
    TrainingEvent event = told.event();
    ObjectNode body = (ObjectNode) Messages.tree(event);
    body.remove(NOT_IN_BODY);
    return Optional.of(
        new Rows.LogRow(
            event.run(),
            told.claim(),
            UUID.nameUUIDFromBytes(told.told()).toString(),
            event.at(),
            type,
            text.formatted(values),
            body));
  }
}
