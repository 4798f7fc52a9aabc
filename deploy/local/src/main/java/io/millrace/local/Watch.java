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

/** Follows runs until all have ended: redrawn lines on a terminal, else a line an epoch. */
final class Watch {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration UNHEARD = Duration.ofSeconds(20);
  private static final int LAST_STEPS = 20;
  private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED", "REJECTED");

  private final Results results;
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, ProgressLine> progress = new HashMap<>();
  private final Map<String, String> said = new HashMap<>();
  private int drawn;

  Watch(Results results, PrintStream out, boolean terminal) {
    this.results = results;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Whom to follow now.
   *
   * @param complete whether no run will come to these
   */
  private record Followed(List<String> runs, boolean complete) {}

  /** The runs as they ended, in the order given. */
  List<JsonNode> untilEnded(List<String> runs) {
    return until(() -> new Followed(runs, true));
  }

  /**
   * All runs of an experiment, also those that it asks for until it is decided, as they ended.
   *
   * @throws UserError where there is no such experiment
   */
  List<JsonNode> untilDecided(String experiment) {
    long start = System.nanoTime();
    return until(
        () -> {
          Optional<JsonNode> found = results.experiment(experiment);
          if (found.isEmpty() && System.nanoTime() - start > UNHEARD.toNanos()) {
            throw new UserError("there is no experiment " + experiment);
          }
          return found.map(Watch::runsOf).orElse(new Followed(List.of(), false));
        });
  }

  /** It may ask for more until it is decided. */
  private static Followed runsOf(JsonNode experiment) {
    var runs = new ArrayList<String>();
    for (JsonNode variant : experiment.path("variants")) {
      variant.path("runs").forEach(run -> runs.add(run.path("run").asText()));
    }
    return new Followed(runs, !experiment.path("adaptive").path("open").asBoolean());
  }

  private List<JsonNode> until(Supplier<Followed> question) {
    long start = System.nanoTime();
    Map<String, JsonNode> ended = new HashMap<>();
    while (true) {
      Followed followed = question.get();
      var now = new ArrayList<JsonNode>();
      for (String run : followed.runs()) {
        Optional<JsonNode> found =
            ended.containsKey(run) ? Optional.of(ended.get(run)) : results.run(run);
        if (found.isEmpty() && System.nanoTime() - start > UNHEARD.toNanos()) {
          throw new UserError("there is no run " + run);
        }
        found.map(this::withLoss).ifPresent(now::add);
      }
      show(now, ended.keySet());
      now.stream().filter(Watch::hasEnded).forEach(run -> ended.put(run.path("run").asText(), run));
      if (followed.complete() && ended.size() == followed.runs().size()) {
        drawn = 0;
        return now;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** The mean loss of the last steps stands in until an epoch has ended, and is newer than it. */
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
   * Shows how far runs are.
   *
   * @param told those whose end is on the screen already
   */
  private void show(List<JsonNode> runs, Set<String> told) {
    List<JsonNode> fresh =
        runs.stream().filter(run -> !told.contains(run.path("run").asText())).toList();
    if (terminal) {
      redraw(fresh);
    } else {
      fresh.forEach(this::sayNews);
    }
  }

  /** Those that have ended come first, and stay above what is drawn again. */
  private void redraw(List<JsonNode> runs) {
    // Without wrapping: a line that is longer than the terminal is cut, and stays one line.
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

  private void sayNews(JsonNode run) {
    String name = run.path("run").asText();
    String news = run.path("state").asText() + run.path("epochs_done").asText();
    String line = line(run);
    if (!news.equals(said.put(name, news))) {
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

  /** One word a run, for the end. */
  static String verdict(JsonNode run) {
    return run.path("run").asText()
        + " "
        + run.path("state").asText().toLowerCase(Locale.ROOT)
        + (run.hasNonNull("reason") ? ": " + run.get("reason").asText() : "");
  }
}
