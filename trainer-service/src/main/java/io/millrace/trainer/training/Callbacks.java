package io.millrace.trainer.training;

import io.millrace.contracts.request.CallbackSpec;
import io.millrace.contracts.request.CallbackSpec.EarlyStopping;
import io.millrace.contracts.request.CallbackSpec.ModelCheckpoint;
import io.millrace.contracts.request.CallbackSpec.ReduceLROnPlateau;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MonitorMode;
import io.millrace.contracts.request.TrainingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request's callbacks with Keras' behaviour. They are pure functions from a state, which a
 * checkpoint holds, and an epoch's metrics to the next state, so that a resumed run makes the same
 * decisions.
 */
final class Callbacks {

  /**
   * The state of one callback.
   *
   * @param best best value of its metric; null before the first
   * @param bestEpoch counts from 0; null before the first
   * @param waited epochs without improvement
   * @param cooldown epochs left that do not count
   */
  public record Watch(Double best, Integer bestEpoch, int waited, int cooldown) {
    static final Watch START = new Watch(null, null, 0, 0);
  }

  /**
   * The state of all callbacks.
   *
   * @param watches one for each callback
   * @param rate the reduced learning rate; null for the request's own
   * @param stopped whether the run ends here
   */
  public record State(List<Watch> watches, Double rate, boolean stopped) {
    /** The state before the first epoch. */
    static final State START = new State(List.of(), null, false);

    public State {
      watches = List.copyOf(watches);
    }

    /** The same state, with the run's end here. */
    State ended() {
      return new State(watches, rate, true);
    }
  }

  /**
   * The result of an epoch's end.
   *
   * @param state the new state
   * @param keep names for the network's current weights, to be stored as those of a best epoch
   */
  record Outcome(State state, List<String> keep) {}

  private final List<CallbackSpec> specs;
  private final List<Metric> metrics;

  Callbacks(TrainingRequest request) {
    specs = request.callbacks();
    metrics = request.metrics();
  }

  /**
   * The result of an epoch.
   *
   * @param epoch counts from 0
   * @param values the epoch's metrics by name; null for one that is not finite
   * @param before the state before the epoch
   * @param rate the learning rate so far
   */
  Outcome after(int epoch, Map<String, Double> values, State before, double rate) {
    var watches = new ArrayList<Watch>();
    var keep = new ArrayList<String>();
    Double reduced = before.rate;
    boolean stopped = before.stopped;
    for (int i = 0; i < specs.size(); i++) {
      Watch watch = before.watches.isEmpty() ? Watch.START : before.watches.get(i);
      Watch next = watch;
      if (specs.get(i) instanceof EarlyStopping stopping) {
        next = stopping(stopping, epoch, values.get(stopping.monitor()), watch);
        stopped |= isOver(stopping, epoch, next);
      } else if (specs.get(i) instanceof ReduceLROnPlateau plateau) {
        double now = reduced == null ? rate : reduced;
        next = plateau(plateau, epoch, values.get(plateau.monitor()), watch);
        if (next.waited >= Math.max(1, plateau.patience()) && now > plateau.minLr()) {
          reduced = Math.max(now * plateau.factor(), plateau.minLr());
          next = new Watch(next.best, next.bestEpoch, 0, plateau.cooldown());
        }
      } else if (specs.get(i) instanceof ModelCheckpoint checkpoint && checkpoint.saveBestOnly()) {
        next = checkpoint(checkpoint, epoch, values.get(checkpoint.monitor()), watch);
      }
      if (keepsWeights(specs.get(i)) && isNew(next, watch)) {
        keep.add(name(i, next.bestEpoch));
      }
      watches.add(next);
    }
    return new Outcome(new State(watches, reduced, stopped), keep);
  }

  private static boolean isNew(Watch next, Watch before) {
    return next.bestEpoch != null && !next.bestEpoch.equals(before.bestEpoch);
  }

  private Watch stopping(EarlyStopping spec, int epoch, Double value, Watch watch) {
    if (epoch < spec.startFromEpoch()) {
      return watch;
    }
    if (isBetter(spec, spec.minDelta(), value, watch.best)) {
      boolean beaten =
          spec.baseline() == null || isBetter(spec, spec.minDelta(), value, spec.baseline());
      return new Watch(value, epoch, beaten ? 0 : watch.waited + 1, 0);
    }
    // Keras restores the first epoch's weights if no epoch improves.
    Integer bestEpoch = watch.bestEpoch == null ? Integer.valueOf(epoch) : watch.bestEpoch;
    return new Watch(watch.best, bestEpoch, watch.waited + 1, 0);
  }

  /** An epoch that improved never ends a run, with or without a baseline. */
  private static boolean isOver(EarlyStopping spec, int epoch, Watch next) {
    boolean better = next.best != null && next.bestEpoch == epoch;
    return epoch >= spec.startFromEpoch() && !better && next.waited >= spec.patience() && epoch > 0;
  }

  private Watch plateau(ReduceLROnPlateau spec, int epoch, Double value, Watch watch) {
    int cooldown = Math.max(0, watch.cooldown - 1);
    int wait = watch.cooldown > 0 ? 0 : watch.waited;
    if (isBetter(spec, spec.minDelta(), value, watch.best)) {
      return new Watch(value, epoch, 0, cooldown);
    }
    return new Watch(watch.best, watch.bestEpoch, cooldown > 0 ? wait : wait + 1, cooldown);
  }

  private Watch checkpoint(ModelCheckpoint spec, int epoch, Double value, Watch watch) {
    Double best = watch.best == null ? spec.initialValueThreshold() : watch.best;
    return isBetter(spec, 0, value, best) ? new Watch(value, epoch, 0, 0) : watch;
  }

  /**
   * Null is a value that is not finite. It is never an improvement, not even without an earlier
   * value. Keras gets the same result by comparing NaN with an initial infinity.
   */
  private boolean isBetter(
      CallbackSpec.Monitoring spec, double minDelta, Double value, Double best) {
    if (value == null || best == null) {
      return value != null;
    }
    return rises(spec) ? value - minDelta > best : value + minDelta < best;
  }

  private boolean rises(CallbackSpec.Monitoring spec) {
    if (spec.mode() != MonitorMode.AUTO) {
      return spec.mode() == MonitorMode.MAX;
    }
    String name = spec.monitor().replaceFirst("^val_", "");
    return metrics.stream().anyMatch(m -> m.json().equals(name) && m.type().isBetterHigh());
  }

  private static boolean keepsWeights(CallbackSpec spec) {
    return spec instanceof EarlyStopping stopping && stopping.restoreBestWeights()
        || spec instanceof ModelCheckpoint checkpoint && checkpoint.saveBestOnly();
  }

  private static String name(int callback, int epoch) {
    return "callback-%d-epoch-%05d".formatted(callback, epoch);
  }

  /** The names of all weights that a state needs. */
  List<String> kept(State state) {
    var names = new ArrayList<String>();
    for (int i = 0; i < state.watches.size(); i++) {
      if (keepsWeights(specs.get(i)) && state.watches.get(i).bestEpoch != null) {
        names.add(name(i, state.watches.get(i).bestEpoch));
      }
    }
    return names;
  }

  /**
   * The name of the weights with which the run ends: those of a ModelCheckpoint, else of the last
   * EarlyStopping that restores weights; empty for the weights of the last step.
   */
  Optional<String> last(State state) {
    return decisive(state)
        .filter(i -> keepsWeights(specs.get(i)))
        .map(i -> name(i, state.watches.get(i).bestEpoch));
  }

  /** The best epoch by the callback that selects the final weights or can end the run. */
  Optional<Integer> bestEpoch(State state) {
    return decisive(state).map(i -> state.watches.get(i).bestEpoch);
  }

  private Optional<Integer> decisive(State state) {
    Integer found = null;
    int weight = 0;
    for (int i = 0; i < state.watches.size(); i++) {
      CallbackSpec spec = specs.get(i);
      int own = keepsWeights(spec) ? spec instanceof ModelCheckpoint ? 3 : 2 : 1;
      boolean counts = keepsWeights(spec) || spec instanceof EarlyStopping;
      if (counts && state.watches.get(i).bestEpoch != null && own >= weight) {
        found = i;
        weight = own;
      }
    }
    return Optional.ofNullable(found);
  }

  /** Whether a callback can end the run before its last epoch. */
  boolean mayStop() {
    return specs.stream().anyMatch(EarlyStopping.class::isInstance);
  }
}
