package io.millrace.augmentation.transform;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies the augmentation of a request to images, from 8-bit pixels to 8-bit pixels or floats. All
 * geometric transforms of a sample are one map, which is sampled once; the colour transforms change
 * groups of sampled rows before they are written. A sample depends only on (seed, epoch, sample)
 * and its image. Not thread-safe; after the first sample, no arrays of an image's size are
 * allocated.
 */
public final class ImagePipeline {
  private static final float SCALE = 1f / PixelPlanes.UNIT;
  private static final float ROUND = 1 << 23;

  /** The values of a tile; a tile and its intermediate results fit into a core's L1 cache. */
  private static final int TILE_VALUES = 1_500;

  private final int height;
  private final int width;
  private final int channels;
  private final List<TransformStep> steps = new ArrayList<>();
  private final ImageSampler sampler;
  private final SamplePlan plan;
  private PixelPlanes tile;
  private int[] pixels = {};

  /**
   * Creates a pipeline for images {@code [height, width, channels]}.
   *
   * @param channels 1 or 3
   * @throws InvalidMessageException naming the field of a crop that is larger than the images
   */
  public ImagePipeline(Augmentation augmentation, int height, int width, int channels) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    sampler =
        new ImageSampler(
            height,
            width,
            channels,
            augmentation.fillMode(),
            augmentation.cval(),
            augmentation.interpolationOrder());
    plan = new SamplePlan(sampler);
    check(augmentation, height, width);
    var factory = new TransformSteps(height, width, channels);
    for (TransformSpec spec : augmentation.sequence()) {
      // Keyed by its number, so that using one of Keras' fields does not change the others.
      steps.add(factory.of(spec, -1L - TransformNumbers.of(spec.getClass())));
    }
    List<TransformSpec> transforms = augmentation.transforms();
    for (int i = 0; i < transforms.size(); i++) {
      if (!transforms.get(i).isForBatches()) {
        steps.add(factory.of(transforms.get(i), i + 1L));
      }
    }
  }

  /**
   * Checks that every crop fits images of this size.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public static void check(Augmentation augmentation, int height, int width) {
    for (int i = 0; i < augmentation.transforms().size(); i++) {
      check("augmentation.transforms[" + i + "]", augmentation.transforms().get(i), height, width);
    }
  }

  private static void check(String field, TransformSpec spec, int height, int width) {
    if (spec instanceof TransformSpec.RandomCrop crop) {
      checkCrop(field + ".height", crop.height(), height, "height");
      checkCrop(field + ".width", crop.width(), width, "width");
    } else if (spec instanceof TransformSpec.CenterCrop crop) {
      checkCrop(field + ".height", crop.height(), height, "height");
      checkCrop(field + ".width", crop.width(), width, "width");
    }
    for (int i = 0; i < spec.inner().size(); i++) {
      check(field + ".transforms[" + i + "]", spec.inner().get(i), height, width);
    }
  }

  private static void checkCrop(String field, int size, int most, String what) {
    if (size > most) {
      throw new InvalidMessageException(
          field, size + " is more than the images' " + what + " of " + most);
    }
  }

  /** The number of values of an image. */
  public int values() {
    return height * width * channels;
  }

  /**
   * Writes a transformed image as unsigned bytes.
   *
   * @param image unsigned bytes {@code [height, width, channels]}, from index 0
   * @param target another array, written from {@code at}
   */
  public void apply(long seed, int epoch, int sample, byte[] image, byte[] target, int at) {
    draw(seed, epoch, sample, image);
    if (plan.ops.isEmpty()) {
      sampler.rows(0, height, target, at);
      return;
    }
    render((rows, from) -> write(rows, target, at + from));
  }

  /**
   * Writes a transformed image as levels 0..255 with fractions.
   *
   * @param target written from {@code at}
   */
  public void apply(long seed, int epoch, int sample, byte[] image, float[] target, int at) {
    draw(seed, epoch, sample, image);
    render((rows, from) -> write(rows, target, at + from));
  }

  private void draw(long seed, int epoch, int sample, byte[] image) {
    plan.reset();
    sampler.load(image);
    var key = new TransformStep.Key(seed, epoch, sample);
    for (TransformStep step : steps) {
      step.draw(key, plan);
    }
    sampler.use(plan.map, plan.elastic());
  }

  /** Receives finished rows, which start at value {@code from} of the image. */
  private interface Sink {
    void take(PixelPlanes rows, int from);
  }

  private void render(Sink sink) {
    for (int i = 0; i < plan.ops.size(); i++) {
      if (plan.ops.get(i).needsRange()) {
        measure(i);
      }
      if (plan.ops.get(i).needsMeans()) {
        average(i);
      }
    }
    render(plan.ops.size(), sink);
  }

  /** Renders the image after the first {@code count} changes. */
  private void render(int count, Sink sink) {
    int band = band();
    for (int row = 0; row < height; row += band) {
      sink.take(rows(row, Math.min(height, row + band), count), row * width * channels);
    }
  }

  private int band() {
    int halo = halo(plan.ops.size());
    return Math.min(height, Math.max(Math.max(1, TILE_VALUES / width), 8 * halo));
  }

  private int halo(int count) {
    int halo = 0;
    for (int i = 0; i < count; i++) {
      halo += plan.ops.get(i).halo();
    }
    return halo;
  }

  /** Sets the image's range for a change that needs it, in an extra pass. */
  private void measure(int op) {
    float[] range = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    render(
        op,
        (rows, from) -> {
          for (float[] plane : rows.planes) {
            for (int i = 0; i < rows.values(); i++) {
              range[0] = Math.min(range[0], plane[i]);
              range[1] = Math.max(range[1], plane[i]);
            }
          }
        });
    plan.ops.get(op).range(range[0], range[1]);
  }

  /** Sets the channel means for a change that needs them, in an extra pass. */
  private void average(int op) {
    double[] means = new double[channels];
    render(
        op,
        (rows, from) -> {
          for (int channel = 0; channel < channels; channel++) {
            means[channel] += sum(rows.planes[channel], rows.values());
          }
        });
    for (int channel = 0; channel < channels; channel++) {
      means[channel] /= height * width;
    }
    plan.ops.get(op).means(means);
  }

  private static double sum(float[] plane, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += plane[i];
    }
    return sum;
  }

  /** The rows {@code from..to-1} after the first {@code count} changes. */
  private PixelPlanes rows(int from, int to, int count) {
    int halo = halo(count);
    int first = Math.max(0, from - halo);
    int last = Math.min(height, to + halo);
    if (tile == null || tile.planes[0].length < (last - first) * width) {
      tile = new PixelPlanes(Math.min(height, last - first + 2 * halo), width, channels);
    }
    tile.first = first;
    tile.rows = last - first;
    sampler.rows(first, last, tile.planes, 0);
    for (int i = 0; i < count; i++) {
      plan.ops.get(i).apply(tile, height);
    }
    if (tile.first < from || tile.rows > to - from) {
      trim(from, to);
    }
    return tile;
  }

  /** Keeps the rows {@code from..to-1}; near the image's border some rows of a halo remain. */
  private void trim(int from, int to) {
    for (float[] plane : tile.planes) {
      System.arraycopy(plane, (from - tile.first) * width, plane, 0, (to - from) * width);
    }
    tile.first = from;
    tile.rows = to - from;
  }

  private void write(PixelPlanes rows, byte[] target, int at) {
    if (channels == 1) {
      float[] plane = rows.planes[0];
      for (int i = 0; i < rows.values(); i++) {
        target[at + i] = (byte) level(plane[i]);
      }
      return;
    }
    combine(rows.planes[0], rows.planes[1], rows.planes[2], rows.values());
    if (pixels.length < rows.values()) {
      pixels = new int[rows.values()];
    }
    convert(rows.values(), rows.planes[0], pixels);
    BilinearKernel.pack(rows.values(), pixels, target, at);
  }

  /**
   * Combines the three levels of a pixel into one number below 2²⁴, which a float represents
   * exactly, so that one conversion per pixel is enough. Adding 2²³ rounds to whole numbers.
   */
  private static void combine(float[] red, float[] green, float[] blue, int values) {
    for (int i = 0; i < values; i++) {
      float r = red[i] * SCALE + ROUND - ROUND;
      float g = green[i] * SCALE + ROUND - ROUND;
      float b = blue[i] * SCALE + ROUND - ROUND;
      red[i] = r + 256 * g + 65_536 * b;
    }
  }

  private static void convert(int n, float[] pixels, int[] whole) {
    for (int i = 0; i < n; i++) {
      whole[i] = (int) pixels[i];
    }
  }

  private static int level(float value) {
    return (int) value + PixelPlanes.UNIT / 2 >> 12;
  }

  private void write(PixelPlanes rows, float[] target, int at) {
    for (int channel = 0; channel < channels; channel++) {
      float[] plane = rows.planes[channel];
      for (int i = 0; i < rows.values(); i++) {
        target[at + i * channels + channel] = plane[i] / PixelPlanes.UNIT;
      }
    }
  }
}
