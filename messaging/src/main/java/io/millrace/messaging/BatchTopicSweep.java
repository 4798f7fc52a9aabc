package io.millrace.messaging;

import static io.millrace.messaging.AdminCalls.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/**
 * Deletes batch topics that crashes have left behind. A topic goes where nothing was written to it
 * since the last look, an hour before, and either its run is known to have ended, or nothing was
 * written to it for a day.
 *
 * <p>No live run loses its topic so: it has not ended, and it fails, or is left to another trainer,
 * long before it has got no batch for a day. A run that waits in the queue has no use for its old
 * topic: whoever takes it makes one. A topic is deleted by its id, so that a new one stays.
 */
public final class BatchTopicSweep implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BatchTopicSweep.class);
  private static final Duration PERIOD = Duration.ofHours(1);
  private static final Duration QUIET = Duration.ofDays(1);

  private final Admin admin;
  private final Predicate<String> hasEnded;
  private final Clock clock;
  private final Map<Uuid, Seen> seen = new HashMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "batch-topics");
            thread.setDaemon(true);
            return thread;
          });

  /** A topic as it was. */
  private record Seen(Map<TopicPartition, Long> ends, Instant since) {}

  /** A topic as it is. */
  private record Found(Uuid id, String name, Map<TopicPartition, Long> ends, Instant newest) {}

  /**
   * A sweep that begins with {@link #start}.
   *
   * @param admin stays the caller's to close
   * @param hasEnded whether a run is known to have ended, and has no trainer; called in the sweep's
   *     thread
   */
  public BatchTopicSweep(Admin admin, Predicate<String> hasEnded, Clock clock) {
    this.admin = admin;
    this.hasEnded = hasEnded;
    this.clock = clock;
  }

  /** Looks now, and then every hour. */
  public BatchTopicSweep start() {
    looks.scheduleWithFixedDelay(this::tryToSweep, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  private void tryToSweep() {
    try {
      sweep();
    } catch (RuntimeException e) {
      LOG.warnf("Batch topics that may be left behind: %s", e.getMessage());
    }
  }

  /**
   * Looks once.
   *
   * @return the topics that were deleted
   */
  List<String> sweep() {
    List<Found> found = found();
    seen.keySet().retainAll(found.stream().map(Found::id).toList());
    var deleted = new ArrayList<String>();
    for (Found topic : found) {
      Seen before = seen.get(topic.id);
      if (before == null || !before.ends.equals(topic.ends)) {
        seen.put(topic.id, new Seen(topic.ends, clock.instant()));
      } else if (isLeft(topic, before) && isDeleted(topic)) {
        deleted.add(topic.name);
      }
    }
    return deleted;
  }

  private boolean isLeft(Found topic, Seen before) {
    Instant quietSince =
        topic.newest != null && topic.newest.isBefore(before.since) ? topic.newest : before.since;
    if (!quietSince.plus(QUIET).isAfter(clock.instant())) {
      return true;
    }
    Optional<String> run = Topics.runOf(topic.name);
    return run.isPresent() && hasEnded.test(run.get());
  }

  /** Deletes it; one that was just deleted may still be listed, and is gone already. */
  private boolean isDeleted(Found topic) {
    try {
      await(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(topic.id))).all());
      LOG.infof("Topic %s was left behind and is deleted", topic.name);
      return true;
    } catch (UnknownTopicIdException | UnknownTopicOrPartitionException e) {
      LOG.debugf("Topic %s is gone already", topic.name);
      return false;
    }
  }

  private List<Found> found() {
    List<String> names =
        await(admin.listTopics().names()).stream().filter(Topics::isBatches).toList();
    var found = new ArrayList<Found>();
    admin
        .describeTopics(names)
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                found.add(found(await(description)));
              } catch (UnknownTopicOrPartitionException | TimeoutException e) {
                // One that was just deleted may still be listed, and has no leader that answers.
                LOG.debugf("Topic %s is gone, or is not there yet", name);
              }
            });
    return found;
  }

  private Found found(TopicDescription topic) {
    List<TopicPartition> partitions =
        topic.partitions().stream()
            .map(partition -> new TopicPartition(topic.name(), partition.partition()))
            .toList();
    var ends = new HashMap<TopicPartition, Long>();
    offsets(partitions, OffsetSpec.latest()).forEach((p, end) -> ends.put(p, end.offset()));
    long newest =
        offsets(partitions, OffsetSpec.maxTimestamp()).values().stream()
            .mapToLong(ListOffsetsResultInfo::timestamp)
            .max()
            .orElse(-1);
    return new Found(
        topic.topicId(), topic.name(), ends, newest < 0 ? null : Instant.ofEpochMilli(newest));
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      List<TopicPartition> partitions, OffsetSpec spec) {
    var specs = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> specs.put(partition, spec));
    return await(admin.listOffsets(specs).all());
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
