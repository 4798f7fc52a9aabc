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
 * Deletes batch topics that remain after crashes. It checks every hour and deletes a topic to which
 * nothing was written since the previous check, if its run is known to have ended or if nothing was
 * written for a day.
 *
 * <p>A live run never loses its topic: it has not ended, and it fails or moves to another trainer
 * long before a day without a batch. A queued run does not need its old topic, because the trainer
 * that takes it creates one. A topic is deleted by its id, so that a new topic of the same name
 * stays.
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

  /** A topic at the first check that saw it with these end offsets. */
  private record Seen(Map<TopicPartition, Long> ends, Instant since) {}

  /** A topic at the current check. */
  private record Found(Uuid id, String name, Map<TopicPartition, Long> ends, Instant newest) {}

  /**
   * A sweep that {@link #start} begins.
   *
   * @param admin closed by the caller
   * @param hasEnded whether a run is known to have ended and has no trainer; called in the sweep's
   *     thread
   */
  public BatchTopicSweep(Admin admin, Predicate<String> hasEnded, Clock clock) {
    this.admin = admin;
    this.hasEnded = hasEnded;
    this.clock = clock;
  }

  /** Checks now, and then every hour. */
  public BatchTopicSweep start() {
    looks.scheduleWithFixedDelay(this::tryToSweep, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  private void tryToSweep() {
    try {
      sweep();
    } catch (RuntimeException e) {
      LOG.warnf("Cannot check for unused batch topics: %s", e.getMessage());
    }
  }

  /**
   * Checks once.
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

  /** Deletes a topic. A topic that was just deleted may still be listed. */
  private boolean isDeleted(Found topic) {
    try {
      await(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(topic.id))).all());
      LOG.infof("Deleted unused batch topic %s", topic.name);
      return true;
    } catch (UnknownTopicIdException | UnknownTopicOrPartitionException e) {
      LOG.debugf("Topic %s is already deleted", topic.name);
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
                // A topic that was just deleted may still be listed, but has no leader that
                // answers.
                LOG.debugf("Topic %s is already deleted, or not yet created", name);
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
