package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.Dataset;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.dataset.SeriesDataset;
import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;

/** Makes batches: a pure function of the data set's files and the task. */
public final class BatchMaker {
  private final DatasetCatalog catalog;

  /** A maker of batches from the catalog's data sets. */
  public BatchMaker(DatasetCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * What the data set of a source holds.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public DatasetDescription describe(BatchSource source) {
    return open(source).description();
  }

  /**
   * The batches of a task's part and epoch; all of them, not only those that the task asks for.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public Batches batches(BatchTask.Produce task) {
    BatchSource source = task.source();
    Dataset dataset = open(source);
    int samples = dataset.description().samples(task.part());
    int[] order =
        task.part() == Part.TRAIN
            ? SampleOrder.shuffled(samples, source.seed(), task.epoch())
            : SampleOrder.ascending(samples);
    if (dataset instanceof ImageDataset images) {
      return new ImageBatches(images, task, order);
    }
    return new SeriesBatches((SeriesDataset) dataset, task, order);
  }

  private Dataset open(BatchSource source) {
    Dataset dataset = catalog.open(source.dataset());
    long bytes = source.dataset() instanceof DatasetSpec.Series ? 4 : 1;
    for (int size : dataset.description().sampleShape()) {
      bytes *= size;
    }
    if (bytes * source.batchSize() > TrainingRequest.MAX_BATCH_BYTES) {
      throw new InvalidMessageException(
          "batch_size",
          source.batchSize()
              + " samples of this data set make batches of "
              + bytes * source.batchSize()
              + " bytes; give at most "
              + Math.max(1, TrainingRequest.MAX_BATCH_BYTES / bytes));
    }
    return dataset;
  }
}
