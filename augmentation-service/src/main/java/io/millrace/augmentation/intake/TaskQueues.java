package io.millrace.augmentation.intake;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.BatchPublisher;
import io.millrace.augmentation.stream.StatisticsFile;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.KafkaSettings.From;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * The workers' queues in the share group. A separate thread waits for the broker, creates the
 * topics, opens the queues, and monitors the broker.
 */
final class TaskQueues implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TaskQueues.class);

  /**
   * The maximum time without progress; the statistics of a large data set are one step of several
   * minutes.
   */
  private static final Duration WITHOUT_PROGRESS = Duration.ofHours(1);

  private static final long RETRY_MILLIS = 1_000;
  private static final long LOOK_MILLIS = 3_000;

  /** The time limit for closing clients; without a broker they would wait half a minute. */
  private static final long STOP_MILLIS = 5_000;

  private final KafkaSettings settings;
  private final Size size;
  private final Served served;
  private final BatchMaker maker;
  private final StatisticsStore statistics;
  private final AugmentationMetrics metrics;
  private final Tracer tracer;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread keeper = new Thread(this::keep, "intake");
  private volatile List<WorkQueue> queues = List.of();
  private volatile boolean reachable;

  /**
   * The number of workers.
   *
   * @param workers at least 1
   */
  record Size(int workers) {
    Size {
      if (workers < 1 || workers > 256) {
        throw new IllegalArgumentException(
            "millrace.augmentation.workers: " + workers + " is out of range; give 1..256");
      }
    }
  }

  /** The data sets and the name under which they are announced. */
  record Served(DatasetCatalog catalog, AugmenterId augmenter) {}

  /**
   * Creates the queues; the thread opens them later.
   *
   * @param statistics the maker's statistics, which are shared with other augmentation services
   */
  TaskQueues(
      KafkaSettings settings,
      Size size,
      Served served,
      BatchMaker maker,
      StatisticsStore statistics,
      AugmentationMetrics metrics,
      Tracer tracer) {
    this.settings = settings;
    this.size = size;
    this.served = served;
    this.maker = maker;
    this.statistics = statistics;
    this.metrics = metrics;
    this.tracer = tracer;
  }

  void start() {
    keeper.start();
  }

  boolean isAlive() {
    return keeper.isAlive() && queues.stream().allMatch(WorkQueue::isAlive);
  }

  boolean isReady() {
    List<WorkQueue> open = queues;
    return reachable && !open.isEmpty() && open.stream().allMatch(WorkQueue::isReady);
  }

  /**
   * Drops the tasks of cancelled runs. Commands are read from the end of their topic: a run that
   * was cancelled before the start no longer has a batch topic.
   */
  private static final class Dropping implements Cancellations.Listener {
    @Override
    public void cancelled(String run, long at) {
      LOG.infof("Run %s was cancelled: its tasks are dropped", run);
    }
  }

  private void keep() {
    while (closing.getCount() > 0) {
      try (Admin admin = settings.admin()) {
        provision(admin);
        serve(admin);
      } catch (KafkaException e) {
        LOG.warnf("The broker is not available yet: %s", e.getMessage());
        pause(RETRY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Creates the topics. It queries the nodes first, because any broker can answer that. */
  private void provision(Admin admin) throws InterruptedException {
    look(admin);
    new TopicProvisioner(admin).ensureDurable(settings.replicationFactor());
  }

  private void serve(Admin admin) throws InterruptedException {
    try (var publisher = new BatchPublisher(settings.batchProducer());
        var cancelled = new Cancellations(settings, From.END, new Dropping());
        var known = new StatisticsListener(settings, statistics);
        var announcer =
            new DatasetAnnouncer(settings, served.catalog(), served.augmenter().name())) {
      announcer.start();
      cancelled.start();
      known.start();
      statistics.announceTo(
          (key, fitted) -> publisher.share(key, StatisticsFile.write(fitted, Map.of())));
      var tools =
          new TaskWorker.Tools(maker, publisher, new RunTopics(admin), cancelled, metrics, tracer);
      var open = new ArrayList<WorkQueue>();
      for (int i = 0; i < size.workers(); i++) {
        open.add(
            new WorkQueue(
                    new WorkQueue.Place(
                        settings,
                        Topics.AUGMENTERS,
                        List.of(Topics.BATCH_TASKS),
                        "augmenter-" + i,
                        WITHOUT_PROGRESS),
                    new TaskWorker(tools))
                .start());
      }
      queues = List.copyOf(open);
      LOG.infof("Taking tasks with %d workers", open.size());
      try {
        watch(admin);
      } finally {
        closeAll(open);
      }
    }
  }

  private void watch(Admin admin) throws InterruptedException {
    reachable = true;
    while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      try {
        look(admin);
        if (!reachable) {
          LOG.info("The broker is back");
        }
        reachable = true;
      } catch (KafkaException e) {
        if (reachable) {
          LOG.warnf("The broker does not answer: %s", e.getMessage());
        }
        reachable = false;
      }
    }
  }

  private static void look(Admin admin) throws InterruptedException {
    try {
      admin.describeCluster().nodes().get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    }
  }

  private void pause(long millis) {
    try {
      closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeAll(List<WorkQueue> open) throws InterruptedException {
    List<Thread> closers = open.stream().map(queue -> new Thread(queue::close)).toList();
    closers.forEach(Thread::start);
    for (Thread closer : closers) {
      closer.join();
    }
  }

  /** Stops the workers after their current batch and returns their tasks. */
  @Override
  public void close() {
    closing.countDown();
    if (queues.isEmpty()) {
      keeper.interrupt();
    }
    try {
      keeper.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
