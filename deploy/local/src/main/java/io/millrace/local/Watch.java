package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Shows the progress of runs until all have ended. A terminal shows one line for each run and
 * redraws it; other outputs get one line for each epoch.
 */
final class Watch {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  private static final Duration UNKNOWN_TIMEOUT = Duration.ofSeconds(20);
  private static final int LAST_STEPS = 20;
  private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED", "REJECTED");

  private final Results results;
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, ProgressLine> progress = new HashMap<>();
  private final Map<String, String> printed = new HashMap<>();
  private int drawn;

  Watch(Results results, PrintStream out, boolean terminal) {
    this.results = results;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * The runs to follow at present.
   *
   * @param complete whether no further runs can follow these
   */
  private record Followed(List<String> runs, boolean complete) {}

  /** Waits until all runs have ended, and returns them in the given order. */
  List<JsonNode> untilEnded(List<String> runs) {
    return until(() -> new Followed(runs, true));
  }

  /**
   * Waits until all runs of an experiment have ended, including those added until it is decided.
   *
   * @throws UserError if the experiment is not known
   */
  List<JsonNode> untilDecided(String experiment) {
    long start = System.nanoTime();
    return until(
        () -> {
          Optional<JsonNode> found = results.experiment(experiment);
          if (found.isEmpty() && System.nanoTime() - start > UNKNOWN_TIMEOUT.toNanos()) {
            throw Results.unknown("experiment", experiment);
          }
          return found.map(Watch::runsOf).orElse(new Followed(List.of(), false));
        });
  }

  /** The current runs of an experiment; while its plan is open, it may add further runs. */
  private static Followed runsOf(JsonNode experiment) {
    var runs = new ArrayList<String>();
    for (JsonNode variant : experiment.path("variants")) {
      variant.path("runs").forEach(run -> runs.add(run.path("run").asText()));
    }
    return new Followed(runs, !experiment.path("adaptive").path("open").asBoolean());
  }

  private List<JsonNode> until(Supplier<Followed> runsToFollow) {
    long start = System.nanoTime();
    Map<String, JsonNode> ended = new HashMap<>();
    while (true) {
      Followed followed = runsToFollow.get();
      var now = new ArrayList<JsonNode>();
      for (String run : followed.runs()) {
        Optional<JsonNode> found =
            ended.containsKey(run) ? Optional.of(ended.get(run)) : results.run(run);
        if (found.isEmpty() && System.nanoTime() - start > UNKNOWN_TIMEOUT.toNanos()) {
          throw Results.unknown("run", run);
        }
        found.map(this::withLoss).ifPresent(now::add);
      }
      show(now, ended.keySet());
      now.stream().filter(Watch::hasEnded).forEach(run -> ended.put(run.path("run").asText(), run));
      if (followed.complete() && ended.size() == followed.runs().size()) {
        drawn = 0;
        return now;
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  /** Adds the mean loss of the last steps: it exists before the first epoch has ended. */
  private JsonNode withLoss(JsonNode run) {
    long steps = run.path("steps_done").asLong();
    if (steps > 0 && !hasEnded(run)) {
      results
          .meanLoss(run.path("run").asText(), Math.max(0, steps - LAST_STEPS))
          .ifPresent(loss -> ((ObjectNode) run).put("last_loss", loss));
    }
    return run;
  }

  static boolean hasEnded(JsonNode run) {
    return ENDED.contains(run.path("state").asText());
  }

  static boolean isCompleted(JsonNode run) {
    return run.path("state").asText().equals("COMPLETED");
  }

  /**
   * Shows the progress of runs.
   *
   * @param shown runs whose end has already been shown
   */
  private void show(List<JsonNode> runs, Set<String> shown) {
    List<JsonNode> others =
        runs.stream().filter(run -> !shown.contains(run.path("run").asText())).toList();
    if (terminal) {
      redraw(others);
    } else {
      others.forEach(this::printIfChanged);
    }
  }

  /** Prints runs that have ended first, so that they stay above the lines that are redrawn. */
  private void redraw(List<JsonNode> runs) {
    // Line wrapping is off: a line that is longer than the terminal is cut and stays one line.
    var frame = new StringBuilder("\033[?7l");
    if (drawn > 0) {
      frame.append("\033[").append(drawn).append('A');
    }
    List<JsonNode> ended = runs.stream().filter(Watch::hasEnded).toList();
    List<JsonNode> others = runs.stream().filter(run -> !hasEnded(run)).toList();
    for (JsonNode run : ended) {
      frame.append(line(run)).append("\033[K\n");
    }
    for (JsonNode run : others) {
      frame.append(line(run)).append("\033[K\n");
    }
    drawn = others.size();
    out.print(frame.append("\033[J\033[?7h"));
    out.flush();
  }

  private void printIfChanged(JsonNode run) {
    String name = run.path("run").asText();
    String progressed = run.path("state").asText() + run.path("epochs_done").asText();
    String line = line(run);
    if (!progressed.equals(printed.put(name, progressed))) {
      out.println(line);
    }
  }

  private String line(JsonNode run) {
    String line =
        progress
            .computeIfAbsent(run.path("run").asText(), name -> new ProgressLine())
            .line(run, System.nanoTime());
    String reason = run.path("reason").asText("");
    return reason.isEmpty() ? line : line + ": " + reason.lines().findFirst().orElse("");
  }

  /** How a run ended: its id, its state and the reason. */
  static String outcome(JsonNode run) {
    return run.path("run").asText()
        + " "
        + run.path("state").asText().toLowerCase(Locale.ROOT)
        + (run.hasNonNull("reason") ? ": " + run.get("reason").asText() : "");
  }
}
