package io.millrace.trainer;

import io.millrace.trainer.network.Device;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
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

  /** The folder of the model store, which all trainers share. */
  @WithDefault("models")
  Path models();

  /** The folder of the checkpoints, shared likewise; by default within the model store. */
  Optional<Path> checkpoints();

  /** Seconds between two checkpoints within an epoch. */
  @WithDefault("60")
  int checkpointSeconds();

  /** How many trainers may try a run before it fails; below the broker's own limit, 5. */
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
}
