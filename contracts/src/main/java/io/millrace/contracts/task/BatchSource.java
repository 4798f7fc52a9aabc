package io.millrace.contracts.task;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TrainingRequest;

/**
 * All that a batch depends on beside its part, epoch and index: the same source gives the same
 * bytes, on any machine and at any time.
 *
 * @param run whose batch topic the answers go to; it does not change the batches
 * @param dataset the data and their split
 * @param augmentation transforms of the training part
 * @param seed of the order of the training samples and of their transforms
 * @param batchSize samples of a batch; an epoch's last one holds what is left
 */
public record BatchSource(
    String run, DatasetSpec dataset, Augmentation augmentation, Long seed, Integer batchSize) {
  public BatchSource {
    Check.name("run", run);
    Check.required("dataset", dataset);
    augmentation = Check.orElse(augmentation, Augmentation.NONE);
    Check.required("seed", seed);
    batchSize = Check.range("batch_size", batchSize, 1, 4_096);
  }

  /** The source of a request's batches. */
  public static BatchSource of(TrainingRequest request) {
    return new BatchSource(
        request.run(),
        request.dataset(),
        request.augmentation(),
        request.seed(),
        request.batchSize());
  }

  /** How many batches a number of samples makes, the last one perhaps a short one. */
  public static int batches(long samples, int batchSize) {
    return Math.toIntExact((samples + batchSize - 1) / batchSize);
  }
}
