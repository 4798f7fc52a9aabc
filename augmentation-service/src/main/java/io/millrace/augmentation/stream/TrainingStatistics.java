package io.millrace.augmentation.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.transform.FeatureStatistics;
import io.millrace.augmentation.transform.StatisticsFit;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jboss.logging.Logger;

/** The statistics of training parts, from the store or computed from the images. */
final class TrainingStatistics {
  private static final Logger LOG = Logger.getLogger(TrainingStatistics.class);

  /** Increased when the same images give different statistics. */
  private static final int VERSION = 1;

  /** Samples that are fetched ahead if they are not local. */
  private static final int AHEAD = 64;

  private final StatisticsStore store;

  /**
   * All inputs of statistics.
   *
   * @param fingerprint of the data, see {@link
   *     io.millrace.augmentation.dataset.DatasetContent#identity}
   * @param zcaEpsilon null without whitening
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Basis(
      int version,
      DatasetSpec dataset,
      DatasetDescription description,
      String fingerprint,
      double rescale,
      Double zcaEpsilon) {}

  TrainingStatistics(StatisticsStore store) {
    this.store = store;
  }

  /** The statistics that the standardization of a source needs; null if it needs none. */
  FeatureStatistics of(ImageDataset dataset, BatchSource source) {
    Augmentation augmentation = source.augmentation();
    return augmentation.needsStatistics()
        ? store.of(key(dataset, source), () -> fit(dataset, augmentation))
        : null;
  }

  private static String key(ImageDataset dataset, BatchSource source) {
    Augmentation augmentation = source.augmentation();
    var basis =
        new Basis(
            VERSION,
            source.dataset(),
            dataset.description(),
            dataset.content().identity(),
            augmentation.rescale(),
            augmentation.zcaWhitening() ? augmentation.zcaEpsilon() : null);
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Messages.write(basis)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static FeatureStatistics fit(ImageDataset dataset, Augmentation augmentation) {
    long start = System.nanoTime();
    int samples = dataset.description().train();
    int values = dataset.height() * dataset.width() * dataset.channels();
    var fit = new StatisticsFit(values, dataset.channels(), augmentation.zcaWhitening());
    for (int sample = 0; sample < samples; sample++) {
      dataset.fetchAhead(Part.TRAIN, Math.min(sample + AHEAD, samples - 1));
      fit.add(dataset.pixels(Part.TRAIN, sample));
    }
    FeatureStatistics statistics = fit.result(augmentation.rescale(), augmentation.zcaEpsilon());
    LOG.infof(
        "Statistics of %d training samples, fitted in %.1f s",
        samples, (System.nanoTime() - start) / 1e9);
    return statistics;
  }
}
