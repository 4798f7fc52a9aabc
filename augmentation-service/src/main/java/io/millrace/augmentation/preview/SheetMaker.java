package io.millrace.augmentation.preview;

import io.millrace.augmentation.dataset.Dataset;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.dataset.RowsDataset;
import io.millrace.augmentation.dataset.SeriesDataset;
import io.millrace.augmentation.transform.BatchMixing;
import io.millrace.augmentation.transform.ImagePipeline;
import io.millrace.augmentation.transform.SeriesPipeline;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.Part;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes contact sheets. The k-th variant of a sample is the sample of epoch {@code epoch + k} as in
 * training; images are shown before rescaling and standardization, and mixup and cutmix mix the
 * samples shown instead of a batch.
 */
@Singleton
class SheetMaker {
  private final DatasetCatalog catalog;

  SheetMaker(DatasetCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Makes the sheet for a request.
   *
   * @throws InvalidMessageException naming the request's field
   */
  ContactSheet sheet(PreviewRequest request) {
    request.augmentation().check(request.dataset());
    Dataset dataset = catalog.open(request.dataset());
    if (dataset instanceof RowsDataset) {
      throw new InvalidMessageException(
          "dataset.target",
          "cannot be used here: rows have no picture; give a data set of images or a series");
    }
    return dataset instanceof SeriesDataset series
        ? sheet(request, series)
        : sheet(request, (ImageDataset) dataset);
  }

  /**
   * Makes a row of images of the test part before rescaling and standardization, as a trainer gets
   * them, in the same order.
   *
   * @throws InvalidMessageException naming the request's field
   */
  ContactSheet testImages(TestImagesRequest request) {
    if (!(request.dataset() instanceof DatasetSpec.Images)) {
      throw new InvalidMessageException("dataset", "has no images; give a data set of images");
    }
    var dataset =
        (ImageDataset)
            (request.fingerprint() == null
                ? catalog.open(request.dataset())
                : catalog.openRead(request.dataset()));
    if (request.fingerprint() != null) {
      dataset.content().require(request.fingerprint());
    }
    int[] samples = request.of(dataset.description().test());
    var strip =
        new ContactSheet(
            new StripLayout(samples.length, dataset.height(), dataset.width()), dataset.channels());
    for (int sample : samples) {
      dataset.fetchAhead(Part.TEST, sample);
    }
    for (int column = 0; column < samples.length; column++) {
      strip.put(0, column, dataset.pixels(Part.TEST, samples[column]), 0);
    }
    return strip;
  }

  private static ContactSheet sheet(PreviewRequest request, ImageDataset dataset) {
    int[] samples = request.samples().of("samples", dataset.description().train());
    var layout =
        new SheetLayout(samples.length, request.variants(), dataset.height(), dataset.width());
    var variants = new Variants(request, dataset, samples);
    var sheet = new ContactSheet(layout, dataset.channels());
    for (int row = 0; row < samples.length; row++) {
      sheet.put(row, 0, dataset.pixels(Part.TRAIN, samples[row]), 0);
    }
    for (int variant = 0; variant < request.variants(); variant++) {
      byte[] images = variants.make(request.epoch() + variant);
      for (int row = 0; row < samples.length; row++) {
        sheet.put(row, variant + 1, images, row * variants.values);
      }
    }
    return sheet;
  }

  /** The values of one feature of a window. */
  private static float[] feature(float[] sample, int feature, int features) {
    float[] values = new float[sample.length / features];
    for (int i = 0; i < values.length; i++) {
      values[i] = sample[i * features + feature];
    }
    return values;
  }

  /**
   * Draws windows of the first numeric feature as lines. All windows of a sample have the same
   * scale, and the original is drawn pale under its variants.
   */
  private static ContactSheet sheet(PreviewRequest request, SeriesDataset dataset) {
    int[] samples = request.samples().of("samples", dataset.description().train());
    var layout =
        new SheetLayout(
            samples.length, request.variants(), WindowPicture.HEIGHT, WindowPicture.WIDTH);
    var pipeline =
        new SeriesPipeline(request.augmentation(), dataset.window(), dataset.areNumbers());
    var sheet = new ContactSheet(layout, 1);
    boolean[] areNumbers = dataset.areNumbers();
    int shown =
        IntStream.range(0, areNumbers.length).filter(i -> areNumbers[i]).findFirst().orElse(0);
    for (int row = 0; row < samples.length; row++) {
      float[] sample = dataset.features(Part.TRAIN, samples[row]);
      float[] original = feature(sample, shown, dataset.features());
      var windows = new ArrayList<float[]>(List.of(original));
      for (int variant = 0; variant < request.variants(); variant++) {
        float[] changed = sample.clone();
        pipeline.apply(request.seed(), request.epoch() + variant, samples[row], changed);
        windows.add(feature(changed, shown, dataset.features()));
      }
      var picture = scaled(windows);
      for (int column = 0; column < windows.size(); column++) {
        sheet.put(row, column, picture.of(windows.get(column), column == 0 ? null : original), 0);
      }
    }
    return sheet;
  }

  private static WindowPicture scaled(List<float[]> windows) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float[] window : windows) {
      for (float value : window) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return new WindowPicture(least, most);
  }

  /** Makes the samples of an epoch. */
  private static final class Variants {
    private final long seed;
    private final ImageDataset dataset;
    private final int[] samples;
    private final ImagePipeline pipeline;
    private final List<BatchMixing> mixing;
    private final int values;
    private final byte[] images;

    Variants(PreviewRequest request, ImageDataset dataset, int[] samples) {
      Augmentation augmentation = request.augmentation();
      this.seed = request.seed();
      this.dataset = dataset;
      this.samples = samples;
      this.pipeline =
          new ImagePipeline(augmentation, dataset.height(), dataset.width(), dataset.channels());
      this.mixing =
          augmentation.transforms().stream()
              .filter(TransformSpec::isForBatches)
              .map(BatchMixing::new)
              .toList();
      this.values = pipeline.values();
      this.images = new byte[samples.length * values];
    }

    /**
     * Makes the images of an epoch, one after the other; the array is reused for the next epoch.
     */
    byte[] make(int epoch) {
      for (int i = 0; i < samples.length; i++) {
        byte[] original = dataset.pixels(Part.TRAIN, samples[i]);
        pipeline.apply(seed, epoch, samples[i], original, images, i * values);
      }
      var shape =
          new BatchMixing.Shape(
              samples.length, dataset.height(), dataset.width(), dataset.channels());
      for (BatchMixing mix : mixing) {
        mix.mix(seed, epoch, 0, shape, images, 0, images.clone(), new float[samples.length]);
      }
      return images;
    }
  }
}
