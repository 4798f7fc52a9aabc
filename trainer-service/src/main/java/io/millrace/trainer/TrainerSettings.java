package io.millrace.trainer;

import io.millrace.storage.S3Access;
import io.millrace.trainer.network.Device;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/** The service's settings. */
@ConfigMapping(prefix = "millrace.trainer")
public interface TrainerSettings {

  /** Who this trainer is, in events and claims; by default host and process id. */
  Optional<String> id();

  /**
   * Where networks train: {@code auto} (the GPU if it works, else the CPU), {@code cpu}, or {@code
   * gpu} (does not start without a GPU that works). The service says at its start which device it
   * uses and why.
   */
  @WithDefault("auto")
  Device device();

  /**
   * The model store: claims, models and results by run. All trainers share it: a folder (one that
   * they all see, with hard links), or {@code s3://bucket/prefix}.
   */
  @WithDefault("models")
  String models();

  /** Where checkpoints go, shared likewise; by default the model store. */
  Optional<String> checkpoints();

  /** How an S3 server is reached, where a store is in a bucket. */
  S3 s3();

  /**
   * The newest checkpoints of a run that are kept, 1..1000; of a run that has ended the last one,
   * so that it can be extended.
   */
  @WithDefault("2")
  int checkpointsKept();

  /** Between two checkpoints within an epoch; there is one at every epoch's end too. */
  @WithDefault("60")
  int checkpointSeconds();

  /**
   * How many trainers in a row may die over a run, or lose it, without its getting further than its
   * last checkpoint, before it fails, 1..9. One that stops in good order does not count.
   */
  @WithDefault("4")
  int maxDeliveries();

  /**
   * The most that a run may take beside the heap, estimated from its network; a request above it is
   * refused with the figure. By default three quarters of what the machine, or the container, has
   * beyond the heap's limit, at least 256 MiB.
   */
  OptionalLong memoryBytes();

  /**
   * The window: batches asked for ahead of the training. Kafka's topic {@code batches.RUN}, and the
   * memory for batches that wait their turn, never hold more than it.
   */
  @WithDefault("64")
  int windowBatches();

  /** The window in bytes: the narrower of the two counts. */
  @WithDefault("67108864")
  long windowBytes();

  /** The most batches of one task for an augmenter, at most half the window. */
  @WithDefault("8")
  int taskBatches();

  /**
   * The validation part is kept in memory over the epochs up to this; a larger one is asked for
   * every epoch.
   */
  @WithDefault("536870912")
  long evaluationCacheBytes();

  /** Until a batch that has not come is asked for again; then twice as long, and so on. */
  @WithDefault("60")
  int askAgainSeconds();

  /**
   * Without any batch, until a run fails that had some before. A run for which none has come yet
   * waits for as long as it takes, and after ten minutes, or this if it is less, the trainer is not
   * ready and says why.
   */
  @WithDefault("3600")
  int giveUpSeconds();

  /** The hours that a run may train, over all its claims, until it fails, 1..87600. */
  @WithDefault("168")
  int maxHours();

  /**
   * How long Kafka or a store may refuse the trainer something (a right is missing, a disk is full)
   * until the run in hand goes to another trainer and this one leaves the queue, to join it again
   * once its stores work, 1..86400. After several trainers in a row the run fails with the reason.
   * Meanwhile the trainer is not ready.
   */
  @WithDefault("300")
  int refusedSeconds();

  /**
   * Without any progress, not a single step or batch, until a run is left to another trainer. If it
   * does not stop even then, liveness goes down, so that the process is started again. 1..86400.
   */
  @WithDefault("1800")
  int noProgressSeconds();

  /** How an S3 server is reached. */
  interface S3 {
    /**
     * The S3 server, where a store is in a bucket: by default Amazon's of the region. It has to
     * know conditional writes ({@code If-None-Match}), which is tried out at the start.
     */
    Optional<URI> endpoint();

    /** The bucket's region; servers other than Amazon's take any. */
    @WithDefault("us-east-1")
    String region();

    /**
     * Whether the bucket stands in the path (any server) or in the host's name (Amazon's newer
     * form).
     */
    @WithDefault("true")
    boolean pathStyle();

    /**
     * By default the AWS SDK's own chain: {@code AWS_ACCESS_KEY_ID} and {@code
     * AWS_SECRET_ACCESS_KEY}, a profile, a role.
     */
    Optional<String> accessKey();

    /** Belongs to the access key. */
    Optional<String> secretKey();

    /** The same in one. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }
}
