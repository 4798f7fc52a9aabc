package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.LeftOutCause;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts files that are not samples, by cause, and keeps the first names. Not thread-safe. */
final class LeftOutFiles {
  /** The maximum length of a name in characters. */
  private static final int NAME = 200;

  private final Map<LeftOutCause, Integer> counts = new EnumMap<>(LeftOutCause.class);
  private final Map<LeftOutCause, List<String>> names = new EnumMap<>(LeftOutCause.class);

  /** Adds a file or folder. */
  void add(LeftOutCause cause, String name) {
    add(cause, 1, List.of(name));
  }

  /** Adds the counts of another object. */
  void addAll(List<LeftOut> others) {
    others.forEach(other -> add(other.cause(), other.count(), other.files()));
  }

  private void add(LeftOutCause cause, int count, List<String> more) {
    counts.merge(cause, count, Integer::sum);
    List<String> first = names.computeIfAbsent(cause, none -> new ArrayList<>());
    for (String name : more) {
      if (first.size() < LeftOut.MAX_FILES) {
        first.add(Check.cut(name, NAME));
      }
    }
  }

  /** The counts and names by cause. */
  List<LeftOut> list() {
    return counts.entrySet().stream()
        .map(entry -> new LeftOut(entry.getKey(), entry.getValue(), names.get(entry.getKey())))
        .toList();
  }
}
