package io.millrace.trainer.feed;

import java.util.HashMap;
import java.util.Map;

/**
 * Batches that were requested, by key, until they are taken. A batch that was not requested, or is
 * already there, is dropped: duplicates, and responses to an earlier trainer's tasks.
 *
 * @param <T> a batch
 */
final class ReorderBuffer<T> {
  private static final class Slot<T> {
    private final Span task;
    private T value;

    private Slot(Span task) {
      this.task = task;
    }
  }

  private final Map<BatchKey, Slot<T>> slots = new HashMap<>();

  /** Whether any of the task's batches is still missing or not yet taken. */
  boolean overlaps(Span task) {
    for (int i = 0; i < task.count(); i++) {
      if (slots.containsKey(task.key(i))) {
        return true;
      }
    }
    return false;
  }

  /** Expects a task's batches. */
  void ask(Span task) {
    for (int i = 0; i < task.count(); i++) {
      slots.put(task.key(i), new Slot<>(task));
    }
  }

  /** Forgets everything; batches that arrive later are dropped. */
  void clear() {
    slots.clear();
  }

  /** Whether the batch was requested and has not arrived. */
  boolean wants(BatchKey key) {
    Slot<T> slot = slots.get(key);
    return slot != null && slot.value == null;
  }

  /** Stores a batch for which {@link #wants} is true. */
  void put(BatchKey key, T value) {
    slots.get(key).value = value;
  }

  /** Removes and returns a batch; null if it has not arrived or was not requested. */
  T take(BatchKey key) {
    Slot<T> slot = slots.get(key);
    if (slot == null || slot.value == null) {
      return null;
    }
    slots.remove(key);
    return slot.value;
  }

  /** The missing batches of a batch's task, from this batch on, without gaps. */
  Span missingFrom(BatchKey key) {
    Span task = slots.get(key).task;
    int count = 1;
    while (key.index() + count < task.first() + task.count()
        && wants(new BatchKey(key.part(), key.epoch(), key.index() + count))) {
      count++;
    }
    return new Span(key.part(), key.epoch(), key.index(), count);
  }
}
