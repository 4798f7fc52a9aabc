package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.Check;
import io.millrace.contracts.json.EnumNames;
import io.millrace.contracts.sweep.Bracket;
import io.millrace.contracts.sweep.Search;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A search that saves epochs: trials train to a rung, the best of them continue to the next, and
 * the others are stopped. The finalists are then run again with other seeds.
 *
 * <p>The next runs follow from the runs that have ended. Successive halving (K. Jamieson and A.
 * Talwalkar, 2016) and hyperband (L. Li and others, 2018) wait for all trials of a rung, so the
 * order in which runs end does not matter. ASHA (L. Li and others, 2020) does not wait: each check
 * replays all ends in the order of their times, so that every check comes to the same result. Runs
 * that were requested earlier stay requested.
 *
 * <p>A run without a finite metric is the worst of its rung and is never extended. Equal trials
 * rank in the order of their indices.
 */
public record SearchPlan(Search search) {

  /** The results of the runs. */
  public interface Results {
    /** The outcome of a trial on a rung of its bracket; null if it was not requested. */
    Outcome trial(int trial, int rung);

    /**
     * The outcome of a finalist with its n-th further seed, from 1; null if it was not requested.
     */
    Outcome finalist(int trial, int n);

    /** How many epochs a trial has trained. */
    int epochs(int trial);
  }

  /**
   * The outcome of a run.
   *
   * @param value of the metric at the end of the rung; null if it has none or it is not finite
   * @param problem why there is no value; null if there is one
   * @param at when it ended; null while it has not
   */
  public record Outcome(boolean hasEnded, Double value, String problem, Instant at) {
    /** The outcome of a queued or running run. */
    public static final Outcome OPEN = new Outcome(false, null, null, null);
  }

  /** A trial on a rung of its bracket. */
  public record Step(int trial, int rung) {}

  /** A finalist with its n-th further seed, from 1. */
  public record Replicate(int trial, int n) {}

  /** The status of a trial. */
  public enum Status {
    /** It has not started. */
    WAITING,
    /** It is queued or training. */
    TRAINING,
    /** It has ended on its rung, and it is undecided whether it continues. */
    HELD,
    /** It does not continue. */
    STOPPED,
    /** It has ended on the last rung. */
    FINISHED;

    /** The name in a message. */
    @JsonValue
    public String json() {
      return EnumNames.json(this);
    }

    @JsonCreator
    static Status parse(String text) {
      return EnumNames.parse(Status.class, text);
    }
  }

  /**
   * The progress of a trial.
   *
   * @param rung the highest requested one; -1 for none
   * @param epochs of that rung; 0 for none
   * @param value at the end of the highest rung with a value; null for none
   * @param valueEpochs of that rung; 0 for none
   * @param stopped why it was stopped; null if it was not
   */
  public record Trial(
      int rung, int epochs, Status status, Double value, int valueEpochs, String stopped) {
    /** Its value as text. */
    public String figure(String metric) {
      return "%s %s after %s"
          .formatted(metric, Wording.number(value), Check.count(valueEpochs, "epoch"));
    }
  }

  /**
   * The progress of the search.
   *
   * @param trials in the order of their indices
   * @param asked the steps requested so far, including {@code next}
   * @param next the steps to request now
   * @param finalists the best trials, best first; null while trials continue
   * @param nextFinalists the finalists' runs to request now
   * @param epochsSpent by all trials
   * @param finished whether no further runs are needed
   */
  public record State(
      List<Trial> trials,
      List<Step> asked,
      List<Step> next,
      List<Integer> finalists,
      List<Replicate> nextFinalists,
      int epochsSpent,
      boolean finished) {}

  /**
   * The state that follows from the runs.
   *
   * @param mayRequest whether further runs may be requested
   */
  public State state(Results results, boolean mayRequest) {
    return new Course(results).state(mayRequest);
  }

  /** The finalists, independent of their further runs; null while trials continue. */
  public List<Integer> finalists(Results results) {
    return new Course(results).decide();
  }

  /** The epochs of all trials if none were stopped. */
  public long epochsInFull() {
    return (long) search.trials() * search.maxEpochs();
  }

  private final class Course {
    private final Results results;
    private final List<Bracket> brackets = search.brackets();

    /** The requested steps, according to the runs. */
    private final Set<Step> asked = new LinkedHashSet<>();

    /** The steps that the search decides on, in its order. */
    private final Set<Step> wanted = new LinkedHashSet<>();

    private final Map<Integer, String> stopped = new HashMap<>();
    private boolean decided = true;

    Course(Results results) {
      this.results = results;
      for (Bracket bracket : brackets) {
        for (int trial = bracket.first(); bracket.has(trial); trial++) {
          for (int rung = 0; rung < bracket.rungs(); rung++) {
            if (results.trial(trial, rung) != null) {
              asked.add(new Step(trial, rung));
            }
          }
        }
      }
    }

    /** The best trials, best first; null while trials continue. */
    List<Integer> decide() {
      if (search.strategy() == Search.Strategy.ASHA) {
        replay(brackets.get(0));
      } else {
        brackets.forEach(this::race);
      }
      return decided ? finalists() : null;
    }

    State state(boolean mayRequest) {
      List<Integer> finalists = decide();
      int room = search.concurrency() - (int) asked.stream().filter(this::isUnfinished).count();
      List<Step> next =
          wanted.stream()
              .filter(step -> !asked.contains(step))
              .limit(mayRequest ? Math.max(0, room) : 0)
              .toList();
      asked.addAll(next);
      var further = new ArrayList<Replicate>();
      boolean finished = decided && haveEnded(finalists, further, mayRequest);
      return new State(
          IntStream.range(0, search.trials()).mapToObj(this::trial).toList(),
          List.copyOf(asked),
          next,
          finalists,
          List.copyOf(further),
          IntStream.range(0, search.trials()).map(results::epochs).sum(),
          finished);
    }

    private Bracket bracketOf(int trial) {
      return brackets.stream().filter(bracket -> bracket.has(trial)).findFirst().orElseThrow();
    }

    private Outcome outcome(Step step) {
      return results.trial(step.trial, step.rung);
    }

    private boolean hasEnded(Step step) {
      Outcome outcome = outcome(step);
      return outcome != null && outcome.hasEnded;
    }

    private boolean isUnfinished(Step step) {
      Outcome outcome = outcome(step);
      return outcome != null && !outcome.hasEnded;
    }

    private Double value(Step step) {
      Outcome outcome = outcome(step);
      return outcome == null ? null : outcome.value;
    }

    /** The steps, best first, those without a value last. */
    private List<Step> ranked(Collection<Step> steps) {
      Comparator<Double> better = Comparator.naturalOrder();
      if (Direction.isHigherBetter(search.metric())) {
        better = better.reversed();
      }
      return steps.stream()
          .sorted(
              Comparator.comparing(this::value, Comparator.nullsLast(better))
                  .thenComparing(Step::trial))
          .toList();
    }

    /** Successive halving: all trials of a rung have to end before the best continue. */
    private void race(Bracket bracket) {
      List<Step> members =
          IntStream.range(0, bracket.trials())
              .mapToObj(i -> new Step(bracket.first() + i, 0))
              .toList();
      for (int rung = 0; rung < bracket.rungs() && !members.isEmpty(); rung++) {
        wanted.addAll(members);
        if (!members.stream().allMatch(this::hasEnded)) {
          decided = false;
          return;
        }
        int upper = rung + 1;
        int size = upper == bracket.rungs() ? 0 : bracket.sizes().get(upper);
        List<Step> ranks = ranked(members);
        List<Step> best = ranks.stream().filter(step -> value(step) != null).limit(size).toList();
        recordStopped(bracket, ranks, best);
        members =
            best.stream()
                .map(step -> new Step(step.trial, upper))
                .sorted(Comparator.comparing(Step::trial))
                .toList();
      }
    }

    /** Records why trials of a rung do not continue. */
    private void recordStopped(Bracket bracket, List<Step> ranks, List<Step> best) {
      for (int i = 0; i < ranks.size(); i++) {
        Step step = ranks.get(i);
        int epochs = bracket.epochs().get(step.rung);
        if (value(step) == null) {
          stopped.put(
              step.trial,
              "stopped at " + Check.count(epochs, "epoch") + ": " + outcome(step).problem);
        } else if (step.rung < bracket.rungs() - 1 && !best.contains(step)) {
          stopped.put(
              step.trial,
              "stopped after %s: %s of %d by %s, %s went on"
                  .formatted(
                      Check.count(epochs, "epoch"),
                      ordinal(i + 1),
                      ranks.size(),
                      search.metric(),
                      continued(best.size())));
        }
      }
    }

    /** Applies ASHA's rule (section 3 of the paper) at each end of a run, for each free place. */
    private void replay(Bracket bracket) {
      var promoter = new Promoter(bracket);
      int running = promoter.fill(0);
      List<Step> ends =
          asked.stream()
              .filter(this::hasEnded)
              .sorted(
                  Comparator.comparing((Step step) -> outcome(step).at)
                      .thenComparing(Step::trial)
                      .thenComparing(Step::rung))
              .toList();
      for (Step end : ends) {
        // A step that was requested earlier, but that this replay does not decide on, took no
        // place.
        running -= wanted.add(end) ? 0 : 1;
        promoter.ended.get(end.rung).add(end);
        running = promoter.fill(running);
      }
      wanted.addAll(asked);
      decided = wanted.stream().allMatch(this::hasEnded);
      if (decided) {
        for (List<Step> rung : promoter.ended) {
          List<Step> best =
              rung.stream()
                  .filter(step -> wanted.contains(new Step(step.trial, step.rung + 1)))
                  .toList();
          recordStopped(bracket, ranked(rung), best);
        }
      }
    }

    /** Finds the next step to train. */
    private final class Promoter {
      private final Bracket bracket;
      private final List<List<Step>> ended = new ArrayList<>();

      Promoter(Bracket bracket) {
        this.bracket = bracket;
        for (int rung = 0; rung < bracket.rungs(); rung++) {
          ended.add(new ArrayList<>());
        }
      }

      /** Adds steps until all places are taken; returns how many are. */
      int fill(int running) {
        int taken = running;
        while (taken < search.concurrency()) {
          Step next = next();
          if (next == null) {
            return taken;
          }
          wanted.add(next);
          taken++;
        }
        return taken;
      }

      private Step next() {
        for (int rung = bracket.rungs() - 2; rung >= 0; rung--) {
          int upper = rung + 1;
          int best = ended.get(rung).size() / search.reductionFactor();
          Step promoted =
              ranked(ended.get(rung)).stream()
                  .limit(best)
                  .filter(step -> value(step) != null)
                  .map(step -> new Step(step.trial, upper))
                  .filter(step -> !wanted.contains(step))
                  .findFirst()
                  .orElse(null);
          if (promoted != null) {
            return promoted;
          }
        }
        return IntStream.range(0, bracket.trials())
            .mapToObj(trial -> new Step(trial, 0))
            .filter(step -> !wanted.contains(step))
            .findFirst()
            .orElse(null);
      }
    }

    /** The best trials, those with the most epochs first. */
    private List<Integer> finalists() {
      var best = new ArrayList<Step>();
      for (int trial = 0; trial < search.trials(); trial++) {
        Step highest = measured(trial);
        if (highest != null) {
          best.add(highest);
        }
      }
      return ranked(best).stream()
          .sorted(Comparator.comparing((Step step) -> -epochs(step))) // The sort is stable.
          .limit(search.finalists().count())
          .map(Step::trial)
          .toList();
    }

    /** The highest step at which a trial has a value; null if there is none. */
    private Step measured(int trial) {
      for (int rung = bracketOf(trial).rungs() - 1; rung >= 0; rung--) {
        var step = new Step(trial, rung);
        if (wanted.contains(step) && value(step) != null) {
          return step;
        }
      }
      return null;
    }

    private int epochs(Step step) {
      return bracketOf(step.trial).epochs().get(step.rung);
    }

    /** Whether all runs of the finalists have ended; adds those to request now. */
    private boolean haveEnded(List<Integer> finalists, List<Replicate> next, boolean mayRequest) {
      int open = 0;
      var missing = new ArrayList<Replicate>();
      for (int n = 1; n <= search.finalists().seeds(); n++) {
        for (int trial : finalists) {
          Outcome outcome = results.finalist(trial, n);
          if (outcome == null) {
            missing.add(new Replicate(trial, n));
          } else if (!outcome.hasEnded) {
            open++;
          }
        }
      }
      int room = mayRequest ? Math.max(0, search.concurrency() - open) : 0;
      next.addAll(missing.subList(0, Math.min(missing.size(), room)));
      return open == 0 && missing.isEmpty();
    }

    private Trial trial(int trial) {
      Bracket bracket = bracketOf(trial);
      int rung = -1;
      for (int k = 0; k < bracket.rungs(); k++) {
        rung = asked.contains(new Step(trial, k)) ? k : rung;
      }
      if (rung < 0) {
        return new Trial(rung, 0, Status.WAITING, null, 0, null);
      }
      var step = new Step(trial, rung);
      Step measured = measured(trial);
      String why = stopped.get(trial);
      Status status = Status.HELD;
      if (!hasEnded(step)) {
        status = Status.TRAINING;
      } else if (why != null) {
        status = Status.STOPPED;
      } else if (rung == bracket.rungs() - 1) {
        status = Status.FINISHED;
      }
      return new Trial(
          rung,
          epochs(step),
          status,
          measured == null ? null : value(measured),
          measured == null ? 0 : epochs(measured),
          status == Status.STOPPED ? why : null);
    }
  }

  private String continued(int many) {
    if (search.strategy() == Search.Strategy.ASHA) {
      return Integer.toString(many); // Not always the best ones, because ASHA does not wait.
    }
    return many == 0 ? "none" : many == 1 ? "the best" : "the best " + many;
  }

  private static String ordinal(int place) {
    int tens = place % 100;
    String end =
        tens >= 11 && tens <= 13
            ? "th"
            : switch (place % 10) {
              case 1 -> "st";
              case 2 -> "nd";
              case 3 -> "rd";
              default -> "th";
            };
    return place + end;
  }
}
