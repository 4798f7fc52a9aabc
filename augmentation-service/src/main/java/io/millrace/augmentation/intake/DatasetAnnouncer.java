package io.millrace.augmentation.intake;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetFacts;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.KafkaSettings.From;
import io.millrace.messaging.TopicTail;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Announces the data sets of this service on the topic {@code datasets}: at the start, after every
 * change, and every ten minutes as a sign of life. It withdraws data sets that it announced before
 * a restart and no longer has. When it stops, it withdraws nothing, because runs may wait for it.
 */
final class DatasetAnnouncer implements TopicTail.Reader, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DatasetAnnouncer.class);
  private static final Duration SIGN_OF_LIFE = Duration.ofMinutes(10);
  private static final long LOOK_MILLIS = 1_000;
  private static final long STOP_MILLIS = 2_000;

  private final DatasetCatalog catalog;
  private final String augmenter;
  private final Duration signOfLife;
  private final Producer<byte[], byte[]> producer;
  private final TopicTail topic;
  private final Thread thread = new Thread(this::run, "dataset-announcer");

  /** The announcements since the start, by data set. */
  private final Map<String, Announced> announced = new HashMap<>();

  /** The data sets that were announced only by name. */
  private final Set<String> named = new HashSet<>();

  /** The data sets that were announced before the start. */
  private final Set<String> earlier = ConcurrentHashMap.newKeySet();

  private boolean hasChanged;
  private boolean isInTrouble;
  private boolean isTopicClosed;
  private volatile boolean hasCaughtUp;
  private volatile boolean closing;

  private record Announced(DatasetFacts facts, long at) {}

  DatasetAnnouncer(KafkaSettings kafka, DatasetCatalog catalog, String augmenter) {
    this(kafka, catalog, augmenter, SIGN_OF_LIFE);
  }

  DatasetAnnouncer(
      KafkaSettings kafka, DatasetCatalog catalog, String augmenter, Duration signOfLife) {
    this.catalog = catalog;
    this.augmenter = augmenter;
    this.signOfLife = signOfLife;
    producer = kafka.promptProducer();
    topic = new TopicTail(kafka, Topics.DATASETS, From.BEGINNING, this);
  }

  void start() {
    catalog.onChange(this::wake);
    topic.start();
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void wake() {
    hasChanged = true;
    notifyAll();
  }

  private void run() {
    while (!closing) {
      try {
        announce();
        isInTrouble = false;
        if (hasCaughtUp && !isTopicClosed) {
          isTopicClosed = true;
          topic.close();
        }
      } catch (KafkaException | ExecutionException e) {
        if (!isInTrouble && !closing) {
          LOG.warnf("Data sets cannot be announced: %s; retrying", e.getMessage());
        }
        isInTrouble = true;
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("Data sets cannot be announced; retrying", e);
      }
      pause();
    }
  }

  private synchronized void pause() {
    try {
      if (!closing && (!hasChanged || isInTrouble)) {
        wait(LOOK_MILLIS);
      }
      hasChanged = false;
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  private void announce() throws ExecutionException, InterruptedException {
    for (Map.Entry<String, DatasetFacts> entry : catalog.facts().entrySet()) {
      String dataset = entry.getKey();
      Announced before = announced.get(dataset);
      if (before == null
          || !before.facts.equals(entry.getValue())
          || System.nanoTime() - before.at > signOfLife.toNanos()) {
        send(dataset, value(dataset, entry.getValue()));
        announced.put(dataset, new Announced(entry.getValue(), System.nanoTime()));
        named.remove(dataset);
      }
    }
    for (String dataset : catalog.names()) {
      // Reading a large data set takes minutes; until then only its name is announced.
      if (!announced.containsKey(dataset) && !earlier.contains(dataset) && named.add(dataset)) {
        send(dataset, Messages.write(named(dataset)));
      }
    }
    for (String dataset : gone()) {
      send(dataset, null);
      announced.remove(dataset);
      named.remove(dataset);
      earlier.remove(dataset);
      LOG.infof("Data set %s was removed", dataset);
    }
  }

  private Set<String> gone() {
    var gone = new TreeSet<>(announced.keySet());
    gone.addAll(named);
    if (hasCaughtUp) {
      gone.addAll(earlier);
    }
    gone.removeIf(catalog::mayHave);
    return gone;
  }

  private DatasetAnnouncement named(String dataset) {
    return new DatasetAnnouncement(
        null,
        dataset,
        augmenter,
        Instant.now(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private byte[] value(String dataset, DatasetFacts facts) {
    byte[] value = Messages.write(facts.announcement(dataset, augmenter, Instant.now()));
    return value.length <= Messages.MAX_BYTES
        ? value
        : Messages.write(
            DatasetFacts.problem(
                    "the names of its classes or columns take "
                        + value.length
                        + " bytes, but at most "
                        + Messages.MAX_BYTES
                        + " can be announced")
                .announcement(dataset, augmenter, Instant.now()));
  }

  private void send(String dataset, byte[] value) throws ExecutionException, InterruptedException {
    byte[] key = (dataset + "@" + augmenter).getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(Topics.DATASETS, key, value)).get();
  }

  @Override
  public void read(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    int at = key.indexOf('@');
    if (hasCaughtUp || at < 0 || !key.substring(at + 1).equals(augmenter)) {
      return;
    }
    if (record.value() == null) {
      earlier.remove(key.substring(0, at));
    } else {
      earlier.add(key.substring(0, at));
    }
  }

  @Override
  public void caughtUp() {
    hasCaughtUp = true;
  }

  @Override
  public void close() {
    closing = true;
    wake();
    topic.close();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ZERO);
  }
}
