package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;

/** Renders the progress of one run as a line. The speed is that of the last 15 seconds. */
final class ProgressLine {
  private static final int WIDTH = 24;
  private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  private static final long WINDOW_NANOS = Duration.ofSeconds(15).toNanos();

  private record Sample(long nanos, long steps) {}

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /**
   * Renders a run.
   *
   * @param run the run as {@code GET /runs/{run}} returns it
   * @param nanos the current time of a monotonic clock
   */
  String line(JsonNode run, long nanos) {
    String name = run.path("run").asText();
    String state = run.path("state").asText();
    long done = run.path("steps_done").asLong(0);
    long perEpoch = run.path("steps_per_epoch").asLong(0);
    int epochs = run.path("request").path("epochs").asInt(run.path("epochs").asInt(0));
    long total = perEpoch * epochs;
    if (total == 0) {
      return "%-28s %s".formatted(name, state.toLowerCase(Locale.ROOT));
    }
    double stepsPerSecond = speed(done, nanos);
    int batch = run.path("request").path("batch_size").asInt(0);
    var line = new StringBuilder("%-28s ".formatted(name));
    line.append(bar((double) done / total));
    line.append(" epoch %d/%d".formatted(Math.min(epochs, done / perEpoch + 1), epochs));
    line.append(" step %d/%d".formatted(done, total));
    number(line, " loss ", run.path("last_loss"));
    for (var metric : run.path("metrics").properties()) {
      if (!metric.getKey().equals("loss")) {
        number(line, " " + metric.getKey() + " ", metric.getValue());
      }
    }
    if (stepsPerSecond > 0 && state.equals("RUNNING")) {
      line.append(String.format(Locale.ROOT, " %,.0f samples/s", stepsPerSecond * batch));
      line.append(" " + time((total - done) / stepsPerSecond) + " left");
    } else if (!state.equals("RUNNING")) {
      line.append(' ').append(state.toLowerCase(Locale.ROOT));
    }
    return line.toString();
  }

  /** A bar of {@link #WIDTH} cells with a resolution of an eighth of a cell. */
  static String bar(double share) {
    int eighths = (int) Math.round(Math.max(0, Math.min(1, share)) * WIDTH * 8);
    String full = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    return "▕" + full + " ".repeat(WIDTH - full.length()) + "▏";
  }

  /** Formats a duration: {@code 42s}, {@code 3:07}, {@code 1:02:09}. */
  static String time(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + "s";
    }
    return s < 3600
        ? "%d:%02d".formatted(s / 60, s % 60)
        : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
  }

  private double speed(long steps, long nanos) {
    if (samples.isEmpty() || samples.peekLast().steps() != steps) {
      samples.addLast(new Sample(nanos, steps));
    }
    while (samples.size() > 2 && nanos - samples.peekFirst().nanos() > WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample first = samples.peekFirst();
    Sample last = samples.peekLast();
    return last.nanos() == first.nanos()
        ? 0
        : (last.steps() - first.steps()) * 1e9 / (last.nanos() - first.nanos());
  }

  private static void number(StringBuilder line, String name, JsonNode value) {
    if (value.isNumber()) {
      line.append(name).append(String.format(Locale.ROOT, "%.4f", value.asDouble()));
    } else if (value.isNull()) {
      line.append(name).append("not finite");
    }
  }
}
