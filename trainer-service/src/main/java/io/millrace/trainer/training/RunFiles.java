package io.millrace.trainer.training;

import io.millrace.contracts.json.Messages;
import io.millrace.trainer.checkpoint.CheckpointStore;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.store.ObjectStore;
import java.io.IOException;

/**
 * Where runs leave their files.
 *
 * @param store of claims, models and results
 * @param checkpoints the store that holds a folder {@code <run>/checkpoint} for each run
 * @param kept the newest checkpoints of a run that are kept
 */
public record RunFiles(ModelVersionStore store, ObjectStore checkpoints, int kept) {

  /** The checkpoints of a claimed run; those of the run that it extends among them. */
  public CheckpointStore<Progress> checkpointsOf(Claim claim) {
    return new CheckpointStore<>(
        checkpoints,
        ModelVersionStore.folder(claim.run()) + "/checkpoint",
        kept,
        Digests.sha256(Messages.write(claim.request().course())),
        Progress.class);
  }

  /**
   * The weights of the best epochs of a claimed run, which go with its checkpoints.
   *
   * @param fence run before every change; throws where the run is another trainer's by now
   * @param queue by which they come into the store
   */
  BestWeights bestWeightsOf(Claim claim, Runnable fence, StoreQueue queue) {
    return new StoredWeights(
        checkpoints, ModelVersionStore.folder(claim.run()) + "/best", fence, queue);
  }

  /** Deletes the weights of the best epochs of a run that has ended. */
  public void forgetBestWeightsOf(Claim ended) throws IOException {
    try (var queue = new StoreQueue(ended.run())) {
      bestWeightsOf(ended, () -> {}, queue).clear();
    }
  }

  /**
   * Deletes all files of a run that has ended. Its last claim goes last: what is interrupted can be
   * done again.
   *
   * @param ended the run's claim; where it is no longer the current one nothing more is deleted
   */
  public void delete(Claim ended) throws IOException {
    String folder = ModelVersionStore.folder(ended.run());
    for (String file : checkpoints.list(folder)) {
      if (!ModelVersionStore.isClaim(file) && store.isCurrent(ended)) {
        checkpoints.delete(folder + "/" + file);
      }
    }
    store.delete(ended);
  }
}
