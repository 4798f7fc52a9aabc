package io.millrace.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.BatchTopicSweep;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue;
import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.events.TrainerPublisher;
import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.feed.BatchFeed;
import io.millrace.trainer.feed.FeedLimits;
import io.millrace.trainer.intake.Deletions;
import io.millrace.trainer.intake.RunIntake;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.store.ObjectStore;
import io.millrace.trainer.training.Planner;
import io.millrace.trainer.training.RunFiles;
import io.millrace.trainer.training.TrainingRun;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * A trainer. It joins the queue as soon as Kafka is reachable, trains one run at a time, and leaves
 * the queue when closed.
 */
public final class Trainer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Trainer.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration COMMANDS = Duration.ofSeconds(30);

  private final TrainerSettings settings;
  private final KafkaSettings kafka;
  private final NetworkFactory networks;
  private final Planner planner;
  private final TrainerMetrics metrics;
  private final Trouble trouble;
  private final Tracer tracer;
  private final Clock clock;
  private final String id;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread joiner = new Thread(this::join, "trainer-join");
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final BlockingQueue<String> broken = new LinkedBlockingQueue<>();
  private volatile WorkQueue queue;
  private volatile String unready = "not connected to Kafka yet";

  /** Creates a trainer; {@link #start} starts it. */
  public Trainer(
      TrainerSettings settings,
      KafkaSettings kafka,
      NetworkFactory networks,
      Planner planner,
      MeterRegistry registry,
      Tracer tracer,
      Clock clock) {
    this.clock = clock;
    this.settings = settings;
    this.kafka = kafka;
    this.networks = networks;
    this.planner = planner;
    metrics = new TrainerMetrics(registry);
    trouble = new Trouble(registry);
    networks.memory().ifPresent(metrics::gpu);
    this.tracer = tracer;
    id = settings.id().orElseGet(Trainer::hostAndPid);
  }

  /** Joins the queue in the background. */
  public Trainer start() {
    LOG.infof("Trainer %s trains on %s", id, networks.device());
    joiner.start();
    return this;
  }

  /** Whether the trainer takes runs, or trains one, and nothing is in its way. */
  public boolean isReady() {
    WorkQueue joined = queue;
    return joined != null && joined.isReady() && trouble.now().isEmpty();
  }

  /** Whether the trainer can still take requests, see {@link WorkQueue#isAlive}. */
  public boolean isAlive() {
    WorkQueue joined = queue;
    return joined == null || joined.isAlive();
  }

  /** Whether the trainer has a run. */
  public boolean isBusy() {
    WorkQueue joined = queue;
    return joined != null && joined.isBusy();
  }

  /** Why the trainer is not ready; empty if it is. */
  public String trouble() {
    if (isReady()) {
      return "";
    }
    return queue == null ? unready : trouble.now().orElse(unready);
  }

  /**
   * Stores a checkpoint of the current run, returns its request to the queue and leaves the queue.
   */
  @Override
  public void close() {
    closing.countDown();
    try {
      joiner.interrupt();
      joiner.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeAll();
  }

  /** Joins the queue, and joins it again after a problem made the trainer leave. */
  private void join() {
    try {
      while (closing.getCount() > 0) {
        if (queue == null) {
          tryToConnect();
        } else {
          String reason = broken.take();
          LOG.errorf("The trainer leaves the queue: %s", reason);
          unready = reason;
          queue = null;
          closeAll();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryToConnect() throws InterruptedException {
    try {
      connect();
    } catch (KafkaException | ExecutionException e) {
      tryAgain("Kafka at " + kafka.bootstrapServers() + ": " + e.getMessage());
    } catch (IOException | InvalidMessageException e) {
      tryAgain("The model store: " + e.getMessage());
    }
  }

  private void tryAgain(String reason) {
    unready = reason;
    LOG.warnf("%s; retrying", reason);
    closeAll();
    pause();
  }

  private void connect() throws ExecutionException, InterruptedException, IOException {
    RunFiles files = files();
    Admin admin = opened(kafka.admin());
    new TopicProvisioner(admin).ensureDurable(kafka.replicationFactor());
    opened(new BatchTopicSweep(admin, run -> hasEnded(files, run), Clock.systemUTC())).start();
    String cluster = admin.describeCluster().clusterId().get();
    var outbox = new TrainerPublisher(opened(kafka.producer()), trouble);
    Deletions deletions = opened(new Deletions(files, clock));
    Cancellations cancellations =
        opened(new Cancellations(kafka, KafkaSettings.From.BEGINNING, deletions)).start();
    if (!cancellations.awaitCaughtUp(COMMANDS)) {
      throw new KafkaException("the run commands cannot be read");
    }
    var intake =
        new RunIntake(
            new RunIntake.Setup(
                cluster,
                settings.maxDeliveries(),
                Duration.ofSeconds(
                    Check.range(
                        "millrace.trainer.refused-seconds", settings.refusedSeconds(), 1, 86_400)),
                Duration.ofHours(
                    Check.range("millrace.trainer.max-hours", settings.maxHours(), 1, 87_600)),
                limits(),
                new BatchFeed.Kafka(kafka, admin, outbox, metrics, trouble),
                cancellations,
                workshop(outbox, files),
                broken::add));
    broken.clear();
    trouble.over(Trouble.Kind.KAFKA);
    trouble.over(Trouble.Kind.STORE);
    queue =
        opened(
                new WorkQueue(
                    new WorkQueue.Place(
                        kafka,
                        Topics.TRAINERS,
                        Topics.queues(),
                        "trainer",
                        Duration.ofSeconds(
                            Check.range(
                                "millrace.trainer.no-progress-seconds",
                                settings.noProgressSeconds(),
                                1,
                                86_400))),
                    intake))
            .start();
    LOG.infof("Trainer %s takes runs from %s", id, kafka.bootstrapServers());
  }

  private static boolean hasEnded(RunFiles files, String run) {
    return files.store().claim(run).filter(claim -> claim.end() != null).isPresent();
  }

  private TrainingRun.Workshop workshop(TrainerPublisher outbox, RunFiles files) {
    return new TrainingRun.Workshop(
        id,
        networks,
        planner,
        outbox,
        metrics,
        trouble,
        tracer,
        files,
        Duration.ofSeconds(settings.checkpointSeconds()),
        clock);
  }

  private RunFiles files() throws IOException {
    S3Access access = settings.s3().access();
    ObjectStore models =
        opened(
            ObjectStore.open(
                StoreAddress.parse("millrace.trainer.models", settings.models()), access));
    ObjectStore checkpoints = models;
    if (settings.checkpoints().isPresent()) {
      checkpoints =
          opened(
              ObjectStore.open(
                  StoreAddress.parse("millrace.trainer.checkpoints", settings.checkpoints().get()),
                  access));
    }
    return new RunFiles(new ModelVersionStore(models), checkpoints, settings.checkpointsKept());
  }

  private FeedLimits limits() {
    return new FeedLimits(
        settings.windowBatches(),
        settings.windowBytes(),
        settings.taskBatches(),
        settings.evaluationCacheBytes(),
        Duration.ofSeconds(settings.askAgainSeconds()),
        Duration.ofSeconds(settings.giveUpSeconds()));
  }

  private <C extends AutoCloseable> C opened(C closeable) {
    open.push(closeable);
    return closeable;
  }

  /** Closes resources in reverse order of opening. */
  private void closeAll() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        LOG.warnf("Closing failed: %s", e.getMessage());
      }
    }
  }

  private void pause() {
    try {
      closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String hostAndPid() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "trainer";
    }
    return host + "-" + ProcessHandle.current().pid();
  }
}
