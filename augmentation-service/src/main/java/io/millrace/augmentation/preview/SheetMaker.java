package io.millrace.augmentation.preview;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.transform.BatchMixing;
import io.millrace.augmentation.transform.ImagePipeline;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.Part;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * Makes contact sheets: the k-th variant of a sample is the sample of epoch {@code epoch + k} as
 * training sees it, before it is rescaled and standardized. What mixes a batch mixes the samples
 * shown.
 */
@Singleton
class SheetMaker {
  private final DatasetCatalog catalog;

  SheetMaker(DatasetCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * A data set of images.
   *
   * @throws InvalidMessageException naming the field; also where the data set is a series
   */
  ImageDataset open(DatasetSpec spec) {
    if (!(spec instanceof DatasetSpec.Images)) {
      throw isSeries(spec.name());
    }
    try {
      return (ImageDataset) catalog.open(spec);
    } catch (InvalidMessageException e) {
      // A series asked for as images lacks the field by which one asks for a series.
      throw e.field().equals("dataset.column") ? isSeries(spec.name()) : e;
    }
  }

  private static InvalidMessageException isSeries(String name) {
    return new InvalidMessageException(
        "dataset.name", Check.quote(name) + " is a series; previews are of images");
  }

  /**
   * The sheet that a request asks for.
   *
   * @throws InvalidMessageException naming the request's field
   */
  ContactSheet sheet(PreviewRequest request) {
    request.augmentation().check(request.dataset() instanceof DatasetSpec.Series);
    ImageDataset dataset = open(request.dataset());
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

  /** The samples as an epoch has them. */
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

    /** The images, one after the other, until the next ones are made. */
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
