package io.millrace.trainer;

import io.millrace.storage.S3Access;
import io.millrace.trainer.network.Device;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/** The trainer's settings. */
@ConfigMapping(prefix = "millrace.trainer")
public interface TrainerSettings {

  /** The trainer's name in events and claims; by default host name and process id. */
  Optional<String> id();

  /**
   * The device on which networks train: {@code auto} (the GPU if it works, else the CPU), {@code
   * cpu}, or {@code gpu} (the service does not start without a working GPU). The service logs the
   * device and the reason at its start.
   */
  @WithDefault("auto")
  Device device();

  /**
   * The model store: claims, models and results by run. All trainers share it. Give a folder that
   * all of them see and that has hard links, or {@code s3://bucket/prefix}.
   */
  @WithDefault("models")
  String models();

  /** The store for checkpoints, shared like the model store; by default the model store itself. */
  Optional<String> checkpoints();

  /** The S3 server, if a store is in a bucket. */
  S3 s3();

  /**
   * Checkpoints kept for each run, newest first, 1..1000. Of a run that has ended, only the last
   * one stays, so that the run can be extended.
   */
  @WithDefault("2")
  int checkpointsKept();

  /** Seconds between two checkpoints within an epoch. Every epoch's end has a checkpoint, too. */
  @WithDefault("60")
  int checkpointSeconds();

  /**
   * The number of trainers in a row that may die or lose a run without progress beyond its last
   * checkpoint, before the run fails, 1..9. A trainer that shuts down in good order does not count.
   */
  @WithDefault("4")
  int maxDeliveries();

  /**
   * The most native memory (beside the heap) that a run may use, in bytes, estimated from its
   * network. A request above it is rejected with the estimate. By default three quarters of the
   * memory that the machine or container has beyond the maximum heap, at least 256 MiB.
   */
  OptionalLong memoryBytes();

  /**
   * The window: the most batches that the trainer requests ahead of training. Kafka's topic {@code
   * batches.RUN} and the memory for waiting batches never hold more.
   */
  @WithDefault("64")
  int windowBatches();

  /** The window in bytes; the smaller of the two limits counts. */
  @WithDefault("67108864")
  long windowBytes();

  /** The most batches in one task for an augmentation service, at most half the window. */
  @WithDefault("8")
  int taskBatches();

  /**
   * The maximum size of a validation part that stays in memory across epochs. A larger one is
   * requested again in every epoch.
   */
  @WithDefault("536870912")
  long evaluationCacheBytes();

  /** Seconds until a missing batch is requested again; each further wait is twice as long. */
  @WithDefault("60")
  int askAgainSeconds();

  /**
   * Seconds without any batch after which a run that had received batches fails. A run that has not
   * received any waits without limit; after ten minutes, or this time if it is shorter, the trainer
   * is not ready and reports why.
   */
  @WithDefault("3600")
  int giveUpSeconds();

  /** The most hours that a run may train, over all its claims, before it fails, 1..87600. */
  @WithDefault("168")
  int maxHours();

  /**
   * Seconds for which Kafka or a store may refuse an operation (missing permission, full disk)
   * before the run goes to another trainer and this one leaves the queue, 1..86400. The trainer
   * joins the queue again when its stores work. After several trainers in a row the run fails with
   * the reason. Meanwhile the trainer is not ready.
   */
  @WithDefault("300")
  int refusedSeconds();

  /**
   * Seconds without a step or a batch after which a run is left to another trainer, 1..86400. If
   * the run still does not stop, the liveness check fails, so that the process is restarted.
   */
  @WithDefault("1800")
  int noProgressSeconds();

  /** The S3 server. */
  interface S3 {
    /**
     * The S3 server's address, if a store is in a bucket; by default Amazon's in the region. The
     * server must support conditional writes ({@code If-None-Match}); the trainer tests that at its
     * start.
     */
    Optional<URI> endpoint();

    /** The bucket's region; servers other than Amazon's accept any. */
    @WithDefault("us-east-1")
    String region();

    /**
     * Whether the bucket's name is part of the path (any server) or of the host name (Amazon's
     * newer form).
     */
    @WithDefault("true")
    boolean pathStyle();

    /**
     * The access key; by default the AWS SDK's credential chain: {@code AWS_ACCESS_KEY_ID} and
     * {@code AWS_SECRET_ACCESS_KEY}, a profile, a role.
     */
    Optional<String> accessKey();

    /** The secret key that belongs to the access key. */
    Optional<String> secretKey();

    /** These settings as one value. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }
}
