package io.millrace.trainer.training;

import io.millrace.contracts.json.Messages;
import io.millrace.trainer.checkpoint.CheckpointStore;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.store.ObjectStore;
import java.io.IOException;

/**
 * Where runs store their files.
 *
 * @param store the store of claims, models and results
 * @param checkpoints the store with a folder {@code <run>/checkpoint} for each run
 * @param kept the number of newest checkpoints that are kept for each run
 */
public record RunFiles(ModelVersionStore store, ObjectStore checkpoints, int kept) {

  /** The checkpoints of a claimed run, including those of the run that it extends. */
  public CheckpointStore<Progress> checkpointsOf(Claim claim) {
    return new CheckpointStore<>(
        checkpoints,
        ModelVersionStore.folder(claim.run()) + "/checkpoint",
        kept,
        Digests.sha256(Messages.write(claim.request().course())),
        Progress.class);
  }

  /**
   * The best epochs' weights of a claimed run, stored beside its checkpoints.
   *
   * @param fence called before every change; throws if another trainer has the run
   * @param queue the queue by which they are stored
   */
  BestWeights bestWeightsOf(Claim claim, Runnable fence, StoreQueue queue) {
    return new StoredWeights(
        checkpoints, ModelVersionStore.folder(claim.run()) + "/best", fence, queue);
  }

  /** Deletes the best epochs' weights of a run that has ended. */
  public void forgetBestWeightsOf(Claim ended) throws IOException {
    try (var queue = new StoreQueue(ended.run())) {
      bestWeightsOf(ended, () -> {}, queue).clear();
    }
  }

  /**
   * Deletes all files of a run that has ended. The last claim goes last, so that an interrupted
   * deletion can be repeated.
   *
   * @param ended the run's claim; if it is no longer the current one, nothing more is deleted
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
