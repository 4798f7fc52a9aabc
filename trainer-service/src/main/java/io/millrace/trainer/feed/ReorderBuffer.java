package io.millrace.trainer.feed;

import java.util.HashMap;
import java.util.Map;

/**
 * Batches that were asked for, by key, until they are taken. What was not asked for, or is there
 * already, is dropped: duplicates, and answers to an earlier trainer's tasks.
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

  /** Whether any of the task's batches is still asked for or waits to be taken. */
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

  /** Forgets everything; what was asked for and comes yet is dropped. */
  void clear() {
    slots.clear();
  }

  /** Whether the batch was asked for and has not come yet. */
  boolean wants(BatchKey key) {
    Slot<T> slot = slots.get(key);
    return slot != null && slot.value == null;
  }

  /** Keeps a batch that {@link #wants} names. */
  void put(BatchKey key, T value) {
    slots.get(key).value = value;
  }

  /** Takes a batch out; null where it has not come yet, or was not asked for yet. */
  T take(BatchKey key) {
    Slot<T> slot = slots.get(key);
    if (slot == null || slot.value == null) {
      return null;
    }
    slots.remove(key);
    return slot.value;
  }

  /** What is missing of the task of a batch that has not come, from this batch on, without gaps. */
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
