package io.millrace.results.admission;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.json.Messages;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The available data sets: the latest announcement of each, by each augmentation service. */
@ApplicationScoped
public class Catalogue {
  /** The most announcements that are kept; further new ones are ignored. */
  static final int MAX_ANNOUNCEMENTS = 100_000;

  private final Map<String, DatasetAnnouncement> byKey = new ConcurrentSkipListMap<>();

  /**
   * Stores a record of the announcement topic.
   *
   * @param value null if the data set no longer exists
   * @throws InvalidMessageException if the value is not an announcement
   */
  void take(String key, byte[] value) {
    if (value == null) {
      byKey.remove(key);
      return;
    }
    DatasetAnnouncement announcement = Messages.read(value, DatasetAnnouncement.class);
    if (byKey.containsKey(key) || byKey.size() < MAX_ANNOUNCEMENTS) {
      byKey.put(key, announcement);
    }
  }

  /** Whether nothing was ever announced: whether a data set exists is then unknown. */
  public boolean isEmpty() {
    return byKey.isEmpty();
  }

  /** The announcements of a data set; empty if no augmentation service has it. */
  public List<DatasetAnnouncement> of(String dataset) {
    return byKey.values().stream()
        .filter(announcement -> announcement.dataset().equals(dataset))
        .toList();
  }

  /** All announcements by data set, ordered by name. */
  public Map<String, List<DatasetAnnouncement>> all() {
    var all = new TreeMap<String, List<DatasetAnnouncement>>();
    byKey.values().stream()
        .sorted(Comparator.comparing(DatasetAnnouncement::augmenter))
        .forEach(
            announcement ->
                all.merge(announcement.dataset(), List.of(announcement), Catalogue::joined));
    return all;
  }

  private static List<DatasetAnnouncement> joined(
      Collection<DatasetAnnouncement> one, Collection<DatasetAnnouncement> other) {
    var both = new ArrayList<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }
}
