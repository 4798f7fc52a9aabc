package io.millrace.results.live;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects the ids of changed runs for one reader, which waits for them repeatedly. */
final class Signal {
  /**
   * The most ids that are collected; at this number the reader has to look for further changed runs
   * itself.
   */
  static final int MAX_CHANGED = 500;

  private Set<String> changed = new LinkedHashSet<>();
  private UniEmitter<? super Set<String>> waiting;

  /** Adds a changed run. */
  void add(String run) {
    UniEmitter<? super Set<String>> reader;
    Set<String> taken;
    synchronized (this) {
      if (changed.size() < MAX_CHANGED) {
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

  /**
   * The runs that have changed since the last call: at once, or with the next change, or after a
   * timeout.
   */
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
        .recoverWithItem(this::timeOut);
  }

  private synchronized Set<String> timeOut() {
    waiting = null;
    return take();
  }

  private Set<String> take() {
    Set<String> taken = changed;
    changed = new LinkedHashSet<>();
    return taken;
  }
}
