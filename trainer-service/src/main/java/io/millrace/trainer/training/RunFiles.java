package io.millrace.trainer.training;

import io.millrace.contracts.json.Messages;
import io.millrace.trainer.checkpoint.CheckpointStore;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.RunStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where runs leave their files.
 *
 * @param store of claims, models and results
 * @param checkpoints the folder that holds a folder of checkpoints for each run; empty for {@code
 *     checkpoint} in the run's folder of the store
 */
public record RunFiles(RunStore store, Optional<Path> checkpoints) {

  /** The checkpoints of a claimed run. */
  public CheckpointStore<Progress> checkpointsOf(Claim claim) {
    return new CheckpointStore<>(
        folderOf(claim), Digests.sha256(Messages.write(claim.request())), Progress.class);
  }

  /** The weights of the best epochs of a claimed run, which go with its checkpoints. */
  BestWeights bestWeightsOf(Claim claim) {
    return new BestWeightsFolder(folderOf(claim).resolve("best"));
  }

  private Path folderOf(Claim claim) {
    return checkpoints
        .map(root -> root.resolve(claim.run()))
        .orElseGet(() -> store.folder(claim.run()).resolve("checkpoint"));
  }
}
