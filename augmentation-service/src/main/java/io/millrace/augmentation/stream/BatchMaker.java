package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.Dataset;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.dataset.TableDataset;
import io.millrace.augmentation.transform.ImagePipeline;
import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.augmentation.transform.Standardization;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** Makes batches as a pure function of the data set's files and the task. */
public final class BatchMaker {
  private final DatasetCatalog catalog;
  private final TrainingStatistics statistics;

  /**
   * Creates a maker for the data sets of a catalog.
   *
   * @param known the statistics of training parts
   */
  public BatchMaker(DatasetCatalog catalog, StatisticsStore known) {
    this.catalog = catalog;
    this.statistics = new TrainingStatistics(known);
  }

  /**
   * The description of a source's data set, with its fingerprint.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public DatasetDescription describe(BatchSource source) {
    Dataset dataset = catalog.openRead(source.dataset());
    check(dataset, source);
    return dataset.description().of(dataset.content().fingerprint());
  }

  /**
   * The standardization of a source's images beyond {@code rescale}: safetensors with the
   * statistics, and Keras' parameter names in the metadata. Empty if there is none.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public Optional<byte[]> standardization(BatchSource source) {
    Augmentation augmentation = source.augmentation();
    if (!augmentation.standardizes() || !(open(source) instanceof ImageDataset images)) {
      return Optional.empty();
    }
    var metadata =
        Map.of(
            "rescale", BigDecimal.valueOf(augmentation.rescale()).toPlainString(),
            "samplewise_center", augmentation.samplewiseCenter().toString(),
            "samplewise_std_normalization", augmentation.samplewiseStdNormalization().toString(),
            "featurewise_center", augmentation.featurewiseCenter().toString(),
            "featurewise_std_normalization", augmentation.featurewiseStdNormalization().toString(),
            "zca_whitening", augmentation.zcaWhitening().toString(),
            "zca_epsilon", BigDecimal.valueOf(augmentation.zcaEpsilon()).toPlainString());
    return Optional.of(StatisticsFile.write(statistics.of(images, source), metadata));
  }

  /**
   * The batches of a task's part and epoch: all of them, not only those that the task requests.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public EpochBatches batches(BatchTask.Produce task) {
    BatchSource source = task.source();
    Dataset dataset = open(source);
    int samples = dataset.description().samples(task.part());
    int[] order =
        task.part() == Part.TRAIN
            ? SampleOrder.shuffled(samples, source.seed(), task.epoch())
            : SampleOrder.ascending(samples);
    if (dataset instanceof ImageDataset images) {
      return new ImageBatches(images, task, order, standardization(images, source));
    }
    return new TableBatches((TableDataset) dataset, task, order);
  }

  /** The standardization; null if images are sent as bytes. */
  private Standardization standardization(ImageDataset images, BatchSource source) {
    Augmentation augmentation = source.augmentation();
    return augmentation.standardizes()
        ? new Standardization(augmentation, images.channels(), statistics.of(images, source))
        : null;
  }

  private Dataset open(BatchSource source) {
    Dataset dataset =
        source.fingerprint() == null
            ? catalog.open(source.dataset())
            : catalog.openRead(source.dataset());
    check(dataset, source);
    return dataset;
  }

  private static void check(Dataset dataset, BatchSource source) {
    if (source.fingerprint() != null) {
      dataset.content().require(source.fingerprint());
    }
    boolean floats = dataset instanceof TableDataset || source.augmentation().standardizes();
    long values = 1;
    for (int size : dataset.description().sampleShape()) {
      values *= size;
    }
    source.augmentation().checkWhitening(values);
    long bytes = floats ? Float.BYTES * values : values;
    if (dataset instanceof ImageDataset images) {
      ImagePipeline.check(source.augmentation(), images.height(), images.width());
      if (images.hasTargets() && source.augmentation().mixesLabels()) {
        throw new InvalidMessageException(
            "augmentation.transforms",
            "mixup and cutmix need classes, but this data set has numeric targets; remove them");
      }
      int labels = source.augmentation().mixesLabels() ? dataset.description().classes().size() : 0;
      bytes += (long) Float.BYTES * labels;
    }
    if (dataset instanceof TableDataset table) {
      bytes += (long) Float.BYTES * table.labelValues() * (1 + table.answers().size());
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
  }
}
