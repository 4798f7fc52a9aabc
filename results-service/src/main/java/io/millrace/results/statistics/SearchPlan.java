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
 * A search that spends little: trials train to a rung, the best of them go on to the next, and the
 * others are stopped. The finalists are then run again with other seeds.
 *
 * <p>What is wanted follows from the runs that have ended. Successive halving (K. Jamieson and A.
 * Talwalkar, 2016) and hyperband (L. Li and others, 2018) wait for all trials of a rung, so the
 * order in which runs end does not matter. ASHA (L. Li and others, 2020) waits for nobody: it is
 * played again from the first end to the last, in the order of the times at which they ended, so
 * that whoever looks comes to the same; what was asked for before stays asked for.
 *
 * <p>A run without a finite number is the worst of its rung, and is never extended. Trials that are
 * alike rank in the order of their indices.
 */
public record SearchPlan(Search search) {

  /** What has become of the runs. */
  public interface Results {
    /** Of a trial on a rung of its bracket; null where it was not asked for. */
    Outcome trial(int trial, int rung);

    /** Of a finalist with its n-th further seed, from 1; null where it was not asked for. */
    Outcome finalist(int trial, int n);

    /** How many epochs a trial has trained. */
    int epochs(int trial);
  }

  /**
   * What has become of a run.
   *
   * @param value of the metric at the rung's end; null where it is not finite, or there is none
   * @param problem why there is none; null where there is one
   * @param at when it ended; null while it has not
   */
  public record Outcome(boolean hasEnded, Double value, String problem, Instant at) {
    /** Of a run that waits or is trained. */
    public static final Outcome OPEN = new Outcome(false, null, null, null);
  }

  /** A trial on a rung of its bracket. */
  public record Step(int trial, int rung) {}

  /** A finalist with its n-th further seed, from 1. */
  public record Replicate(int trial, int n) {}

  /** How far a trial has come. */
  public enum Status {
    /** It has not begun. */
    WAITING,
    /** It waits for a trainer, or has one. */
    TRAINING,
    /** It has ended on its rung, and whether it goes on is not decided yet. */
    HELD,
    /** It does not go on. */
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
   * A trial.
   *
   * @param rung the highest that was asked for; -1 for none
   * @param epochs of that rung; 0 for none
   * @param value at the end of the highest rung where it has one; null for none
   * @param valueEpochs of that rung; 0 for none
   * @param stopped why it was stopped; null where it was not
   */
  public record Trial(
      int rung, int epochs, Status status, Double value, int valueEpochs, String stopped) {
    /** Its value, as it is told. */
    public String told(String metric) {
      return "%s %s after %s"
          .formatted(metric, Wording.number(value), Check.count(valueEpochs, "epoch"));
    }
  }

  /**
   * How far the search has come.
   *
   * @param trials in the order of their indices
   * @param asked what was asked for until now, with {@code next}
   * @param next what is to be asked for now
   * @param finalists the best trials, the best first; null while trials go on
   * @param nextFinalists what is to be asked for now of them
   * @param epochsSpent by all trials
   * @param finished whether nothing more is wanted
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
   * What the runs say.
   *
   * @param mayAsk whether anything more may be asked for
   */
  public State state(Results results, boolean mayAsk) {
    return new Course(results).state(mayAsk);
  }

  /** The finalists, of whose runs nothing is known yet; null while trials go on. */
  public List<Integer> finalists(Results results) {
    return new Course(results).decide();
  }

  /** How many epochs all trials would take if none were stopped. */
  public long epochsInFull() {
    return (long) search.trials() * search.maxEpochs();
  }

  private final class Course {
    private final Results results;
    private final List<Bracket> brackets = search.brackets();

    /** What was asked for, as the runs tell it. */
    private final Set<Step> asked = new LinkedHashSet<>();

    /** What the search comes to by itself, in its order. */
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

    /** The best trials, the best first; null while trials go on. */
    List<Integer> decide() {
      if (search.strategy() == Search.Strategy.ASHA) {
        replay(brackets.get(0));
      } else {
        brackets.forEach(this::race);
      }
      return decided ? finalists() : null;
    }

    State state(boolean mayAsk) {
      List<Integer> finalists = decide();
      int room = search.concurrency() - (int) asked.stream().filter(this::isOpen).count();
      List<Step> next =
          wanted.stream()
              .filter(step -> !asked.contains(step))
              .limit(mayAsk ? Math.max(0, room) : 0)
              .toList();
      asked.addAll(next);
      var further = new ArrayList<Replicate>();
      boolean finished = decided && haveEnded(finalists, further, mayAsk);
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

    private boolean isOpen(Step step) {
      Outcome outcome = outcome(step);
      return outcome != null && !outcome.hasEnded;
    }

    private Double value(Step step) {
      Outcome outcome = outcome(step);
      return outcome == null ? null : outcome.value;
    }

    /** The best first; those without a value last. */
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

    /** Rung by rung: all that are on one must have ended before the best go on. */
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
        tell(bracket, ranks, best);
        members =
            best.stream()
                .map(step -> new Step(step.trial, upper))
                .sorted(Comparator.comparing(Step::trial))
                .toList();
      }
    }

    /** Says of those of a rung that do not go on why. */
    private void tell(Bracket bracket, List<Step> ranks, List<Step> best) {
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
                      goneOn(best.size())));
        }
      }
    }

    /** ASHA's rule in their section 3, at each end of a run and for each place that is free. */
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
        // What was asked for earlier, and what this course does not come to, took nobody's place.
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
          tell(bracket, ranked(rung), best);
        }
      }
    }

    /** Finds the next thing to train. */
    private final class Promoter {
      private final Bracket bracket;
      private final List<List<Step>> ended = new ArrayList<>();

      Promoter(Bracket bracket) {
        this.bracket = bracket;
        for (int rung = 0; rung < bracket.rungs(); rung++) {
          ended.add(new ArrayList<>());
        }
      }

      /** Wants more until all places are taken; how many are. */
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

    /** The best at the most epochs, then at fewer. */
    private List<Integer> finalists() {
      var best = new ArrayList<Step>();
      for (int trial = 0; trial < search.trials(); trial++) {
        Step highest = measured(trial);
        if (highest != null) {
          best.add(highest);
        }
      }
      return ranked(best).stream()
          .sorted(Comparator.comparing((Step step) -> -epochs(step))) // A stable sort.
          .limit(search.finalists().count())
          .map(Step::trial)
          .toList();
    }

    /** The highest rung on which a trial has a value; null for none. */
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

    /** Whether all runs of the finalists have; adds those to ask for now. */
    private boolean haveEnded(List<Integer> finalists, List<Replicate> next, boolean mayAsk) {
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
      int room = mayAsk ? Math.max(0, search.concurrency() - open) : 0;
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

  private String goneOn(int many) {
    if (search.strategy() == Search.Strategy.ASHA) {
      return Integer.toString(many); // Not always the best ones: it waits for nobody.
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
