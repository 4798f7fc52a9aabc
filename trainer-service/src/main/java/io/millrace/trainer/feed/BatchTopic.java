package io.millrace.trainer.feed;

import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/** A run's batch topic: creates it, empties it, and deletes records that were read. */
final class BatchTopic {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Admin admin;
  private final TopicPartition partition;

  BatchTopic(Admin admin, String run) {
    this.admin = admin;
    partition = new TopicPartition(Topics.batches(run), 0);
  }

  /** The topic's only partition. */
  TopicPartition partition() {
    return partition;
  }

  /**
   * Creates the topic, or empties the one that an earlier trainer has left.
   *
   * @param check called between two tries; an exception ends them
   * @return the offset of the next record
   */
  long prepare(String run, Runnable check) {
    new TopicProvisioner(admin).ensure(List.of(Topics.batchTopic(run, 1)));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return admin
            .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
            .lowWatermarks()
            .get(partition)
            .get()
            .lowWatermark();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > end) {
          throw new KafkaException(
              partition.topic() + ": " + e.getCause().getMessage(), e.getCause());
        }
        check.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptException(e);
      }
    }
  }

  /**
   * Has the broker delete the records before an offset.
   *
   * @param done receives the failure, or null, in another thread
   */
  void deleteBefore(long offset, Consumer<Throwable> done) {
    admin
        .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
        .all()
        .whenComplete((nothing, e) -> done.accept(e));
  }
}
