package io.millrace.trainer;

import io.millrace.trainer.network.Device;
import io.millrace.trainer.store.S3Access;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/** The service's settings; {@code application.properties} says what each is for. */
@ConfigMapping(prefix = "millrace.trainer")
public interface TrainerSettings {

  /** Who this trainer is, in events and claims; by default host and process id. */
  Optional<String> id();

  /** Where networks train. */
  @WithDefault("auto")
  Device device();

  /** The model store, which all trainers share: a folder, or {@code s3://bucket/prefix}. */
  @WithDefault("models")
  String models();

  /** The store of the checkpoints, shared likewise; by default the model store. */
  Optional<String> checkpoints();

  /** How an S3 server is reached, where a store is in a bucket. */
  S3 s3();

  /** The newest checkpoints of a run that are kept. */
  @WithDefault("2")
  int checkpointsKept();

  /** Seconds between two checkpoints within an epoch. */
  @WithDefault("60")
  int checkpointSeconds();

  /** How many trainers in a row may die over a run that gets no further, before it fails. */
  @WithDefault("4")
  int maxDeliveries();

  /**
   * The most bytes that a run may take beside the heap, estimated; by default three quarters of
   * what the machine has beyond it.
   */
  OptionalLong memoryBytes();

  /** The most batches asked for ahead of the training. */
  @WithDefault("64")
  int windowBatches();

  /** The most bytes of batches asked for ahead of the training. */
  @WithDefault("67108864")
  long windowBytes();

  /** The most batches of one task. */
  @WithDefault("8")
  int taskBatches();

  /** The most bytes of a validation part that are kept in memory over the epochs. */
  @WithDefault("536870912")
  long evaluationCacheBytes();

  /** Seconds after which a batch that has not come is asked for again. */
  @WithDefault("60")
  int askAgainSeconds();

  /** Seconds without any batch after which a run fails. */
  @WithDefault("600")
  int giveUpSeconds();

  /** How an S3 server is reached. */
  interface S3 {
    /** Its address; by default Amazon's of the region. */
    Optional<URI> endpoint();

    /** The bucket's region; servers other than Amazon's take any. */
    @WithDefault("us-east-1")
    String region();

    /** Whether the bucket stands in the path and not in the host's name. */
    @WithDefault("true")
    boolean pathStyle();

    /** By default the AWS SDK's own chain: environment, profile, role. */
    Optional<String> accessKey();

    /** Belongs to the access key. */
    Optional<String> secretKey();

    /** The same in one. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }
}
