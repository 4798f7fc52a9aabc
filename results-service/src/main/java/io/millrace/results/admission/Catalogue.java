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

/** What data sets there are: the last that each augmenter has said of each. */
@ApplicationScoped
public class Catalogue {
  /** Announcements that are remembered at most; what is new beyond that is not. */
  static final int MOST = 100_000;

  private final Map<String, DatasetAnnouncement> byKey = new ConcurrentSkipListMap<>();

  /**
   * Takes a record of the topic of announcements in.
   *
   * @param value null says that the data set is gone
   * @throws InvalidMessageException where the value is no announcement
   */
  void take(String key, byte[] value) {
    if (value == null) {
      byKey.remove(key);
      return;
    }
    DatasetAnnouncement said = Messages.read(value, DatasetAnnouncement.class);
    if (byKey.containsKey(key) || byKey.size() < MOST) {
      byKey.put(key, said);
    }
  }

  /** Whether no augmenter has ever said anything: then nothing can be told of data sets. */
  public boolean isEmpty() {
    return byKey.isEmpty();
  }

  /** What the augmenters say of a data set; empty where none has it. */
  public List<DatasetAnnouncement> of(String dataset) {
    return byKey.values().stream().filter(said -> said.dataset().equals(dataset)).toList();
  }

  /** What the augmenters say of all of them, by data set, in the order of the names. */
  public Map<String, List<DatasetAnnouncement>> all() {
    var all = new TreeMap<String, List<DatasetAnnouncement>>();
    byKey.values().stream()
        .sorted(Comparator.comparing(DatasetAnnouncement::augmenter))
        .forEach(said -> all.merge(said.dataset(), List.of(said), Catalogue::joined));
    return all;
  }

  private static List<DatasetAnnouncement> joined(
      Collection<DatasetAnnouncement> one, Collection<DatasetAnnouncement> other) {
    var both = new ArrayList<>(one);
    both.addAll(other);
    return List.copyOf(both);
  }
}
