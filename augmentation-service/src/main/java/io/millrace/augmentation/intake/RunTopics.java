package io.millrace.augmentation.intake;

import io.millrace.messaging.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The batch topics of runs; the information is at most two seconds old. */
final class RunTopics {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int MOST = 1_000;

  private final Admin admin;
  private final Map<String, Seen> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > MOST;
        }
      };

  private record Seen(int partitions, long at) {}

  RunTopics(Admin admin) {
    this.admin = admin;
  }

  /**
   * The number of partitions of a run's batch topic; 0 if it does not exist.
   *
   * @throws KafkaException if the broker does not respond
   */
  int partitions(String run) {
    synchronized (seen) {
      Seen known = seen.get(run);
      if (known != null && System.nanoTime() - known.at < FRESH_NANOS) {
        return known.partitions;
      }
    }
    int partitions = ask(Topics.batches(run));
    synchronized (seen) {
      seen.put(run, new Seen(partitions, System.nanoTime()));
    }
    return partitions;
  }

  /** Forgets a run, so that the next call queries the broker. */
  void forget(String run) {
    synchronized (seen) {
      seen.remove(run);
    }
  }

  private int ask(String topic) {
    try {
      return admin
          .describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS))
          .topicNameValues()
          .get(topic)
          .get()
          .partitions()
          .size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return 0;
      }
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    }
  }
}
