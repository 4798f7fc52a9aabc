package io.millrace.results.live;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Gathers the names of runs that have changed, for one reader who now and then waits for some. */
final class Signal {
  /** Of more runs than this at once the reader is told no names, and looks for itself. */
  static final int MOST = 500;

  private Set<String> changed = new LinkedHashSet<>();
  private UniEmitter<? super Set<String>> waiting;

  /** A run has changed. */
  void raise(String run) {
    UniEmitter<? super Set<String>> reader;
    Set<String> taken;
    synchronized (this) {
      if (changed.size() < MOST) {
        changed.add(run);
      }
      reader = waiting;
      if (reader == null) {
        return;
      }
      waiting = null;
      taken = take();
    }
    reader.complete(taken);
  }

  /** The runs that have changed since the last time: at once, or when one does, or after a time. */
  Uni<Set<String>> await(Duration atMost) {
    return Uni.createFrom()
        .<Set<String>>emitter(
            reader -> {
              Set<String> taken;
              synchronized (this) {
                if (changed.isEmpty()) {
                  waiting = reader;
                  return;
                }
                taken = take();
              }
              reader.complete(taken);
            })
        .ifNoItem()
        .after(atMost)
        .recoverWithItem(this::giveUp);
  }

  private synchronized Set<String> giveUp() {
    waiting = null;
    return take();
  }

  private Set<String> take() {
    Set<String> taken = changed;
    changed = new LinkedHashSet<>();
    return taken;
  }
}
