package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A random transform of a training sample. Each is applied with its probability {@code p}, 1 unless
 * said otherwise (0.5 for flips). An image keeps its size. Values are those of 8-bit images,
 * 0..255.
 *
 * <p>The geometric transforms of a sample, wherever they stand, are composed into one map and
 * sampled once; the others follow in their order. {@link Mixup} and {@link Cutmix} come last.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(TransformSpec.Rotation.class),
  @JsonSubTypes.Type(TransformSpec.Shift.class),
  @JsonSubTypes.Type(TransformSpec.Shear.class),
  @JsonSubTypes.Type(TransformSpec.Zoom.class),
  @JsonSubTypes.Type(TransformSpec.HorizontalFlip.class),
  @JsonSubTypes.Type(TransformSpec.VerticalFlip.class),
  @JsonSubTypes.Type(TransformSpec.RandomCrop.class),
  @JsonSubTypes.Type(TransformSpec.RandomResizedCrop.class),
  @JsonSubTypes.Type(TransformSpec.CenterCrop.class),
  @JsonSubTypes.Type(TransformSpec.Perspective.class),
  @JsonSubTypes.Type(TransformSpec.Elastic.class),
  @JsonSubTypes.Type(TransformSpec.Brightness.class),
  @JsonSubTypes.Type(TransformSpec.BrightnessShift.class),
  @JsonSubTypes.Type(TransformSpec.Contrast.class),
  @JsonSubTypes.Type(TransformSpec.ChannelShift.class),
  @JsonSubTypes.Type(TransformSpec.ColorJitter.class),
  @JsonSubTypes.Type(TransformSpec.Grayscale.class),
  @JsonSubTypes.Type(TransformSpec.GaussianBlur.class),
  @JsonSubTypes.Type(TransformSpec.GaussianNoise.class),
  @JsonSubTypes.Type(TransformSpec.SaltAndPepper.class),
  @JsonSubTypes.Type(TransformSpec.Cutout.class),
  @JsonSubTypes.Type(TransformSpec.OneOf.class),
  @JsonSubTypes.Type(TransformSpec.Sequence.class),
  @JsonSubTypes.Type(TransformSpec.RandAugment.class),
  @JsonSubTypes.Type(TransformSpec.Mixup.class),
  @JsonSubTypes.Type(TransformSpec.Cutmix.class),
  @JsonSubTypes.Type(TransformSpec.WindowSlicing.class),
  @JsonSubTypes.Type(TransformSpec.Jitter.class),
  @JsonSubTypes.Type(TransformSpec.Scaling.class),
  @JsonSubTypes.Type(TransformSpec.MagnitudeWarping.class),
  @JsonSubTypes.Type(TransformSpec.TimeWarping.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface TransformSpec {
  /** The most transforms of an augmentation, those within others counted. */
  int MAX_TRANSFORMS = 64;

  /** The most transforms directly within another one. */
  int MAX_WITHIN = 32;

  /** How deep transforms may stand within others. */
  int MAX_DEPTH = 4;

  /** The probability with which it is applied, 0..1. */
  Double p();

  /** Its name in a request. */
  default String type() {
    return getClass().getAnnotation(JsonTypeName.class).value();
  }

  /** Whether it transforms series; all others transform images. */
  default boolean isForSeries() {
    return this instanceof WindowSlicing
        || this instanceof Jitter
        || this instanceof Scaling
        || this instanceof MagnitudeWarping
        || this instanceof TimeWarping;
  }

  /** Whether it mixes the samples of a batch and their labels. */
  default boolean isForBatches() {
    return this instanceof Mixup || this instanceof Cutmix;
  }

  /** Whether pixels come from between others, or from outside; a flip only moves them. */
  default boolean isResampling() {
    return this instanceof Rotation
        || this instanceof Shift
        || this instanceof Shear
        || this instanceof Zoom
        || this instanceof RandomCrop
        || this instanceof RandomResizedCrop
        || this instanceof CenterCrop
        || this instanceof Perspective
        || this instanceof Elastic
        || this instanceof RandAugment
        || inner().stream().anyMatch(TransformSpec::isResampling);
  }

  /** The transforms within it. */
  default List<TransformSpec> inner() {
    return List.of();
  }

  private static double probability(Double p) {
    return Check.range("p", Check.orElse(p, 1.0), 0, 1);
  }

  private static double flipped(Double p) {
    return Check.range("p", Check.orElse(p, 0.5), 0, 1);
  }

  /** A checked {@code [lower, upper]}. */
  static List<Double> pair(
      String field, List<Double> value, List<Double> otherwise, double min, double max) {
    List<Double> pair = Check.size(field, Check.orElse(value, otherwise), 2, 2);
    for (int i = 0; i < 2; i++) {
      Check.range(field + "[" + i + "]", pair.get(i), min, max);
    }
    if (pair.get(0) > pair.get(1)) {
      throw new InvalidMessageException(field, pair + " is not a range; give [lower, upper]");
    }
    return List.copyOf(pair);
  }

  private static List<TransformSpec> within(List<TransformSpec> transforms) {
    List<TransformSpec> inner = Check.size("transforms", transforms, 1, MAX_WITHIN);
    for (int i = 0; i < inner.size(); i++) {
      if (Check.required("transforms[" + i + "]", inner.get(i)).isForBatches()) {
        throw new InvalidMessageException(
            "transforms[" + i + "].type", inner.get(i).type() + " mixes a batch; put it outermost");
      }
    }
    return List.copyOf(inner);
  }

  /**
   * Turns the image about its centre.
   *
   * @param range degrees r, 0..180: an angle from {@code U(-r, r)}; or {@code [lower, upper]}
   */
  @JsonTypeName("rotation")
  record Rotation(AngleRange range, Double p) implements TransformSpec {
    public Rotation {
      Check.required("range", range);
      p = probability(p);
    }
  }

  /**
   * Shifts the image.
   *
   * @param width along the columns; default 0
   * @param height along the rows; default 0
   */
  @JsonTypeName("shift")
  record Shift(ShiftRange width, ShiftRange height, Double p) implements TransformSpec {
    public Shift {
      width = Check.orElse(width, ShiftRange.NONE);
      height = Check.orElse(height, ShiftRange.NONE);
      p = probability(p);
    }
  }

  /**
   * Slants the image, as Keras does.
   *
   * @param range degrees r, 0..89: an angle from {@code U(-r, r)}
   */
  @JsonTypeName("shear")
  record Shear(Double range, Double p) implements TransformSpec {
    public Shear {
      range = Check.range("range", range, 0, 89);
      p = probability(p);
    }
  }

  /**
   * Zooms; rows and columns by factors of their own.
   *
   * @param range {@code z} or {@code [lower, upper]}
   * @param widthRange likewise, of the columns; null, the default, is that of the rows
   * @param keepAspectRatio true: rows and columns by one factor; null, the default, is false
   */
  @JsonTypeName("zoom")
  record Zoom(ZoomRange range, ZoomRange widthRange, Boolean keepAspectRatio, Double p)
      implements TransformSpec {
    public Zoom {
      Check.required("range", range);
      keepAspectRatio = Boolean.TRUE.equals(keepAspectRatio) ? true : null;
      if (keepAspectRatio != null && widthRange != null) {
        throw new InvalidMessageException(
            "width_range", "does not go with keep_aspect_ratio true; leave out one of them");
      }
      p = probability(p);
    }

    /** The factors of the columns. */
    public ZoomRange columns() {
      return Check.orElse(widthRange, range);
    }
  }

  /** Mirrors left to right. {@code p} is 0.5 by default. */
  @JsonTypeName("horizontal_flip")
  record HorizontalFlip(Double p) implements TransformSpec {
    public HorizontalFlip {
      p = flipped(p);
    }
  }

  /** Mirrors top to bottom. {@code p} is 0.5 by default. */
  @JsonTypeName("vertical_flip")
  record VerticalFlip(Double p) implements TransformSpec {
    public VerticalFlip {
      p = flipped(p);
    }
  }

  /**
   * A window at a random place, brought to the image's size.
   *
   * @param height pixels, 1..4,096, at most the image's
   * @param width likewise
   */
  @JsonTypeName("random_crop")
  record RandomCrop(Integer height, Integer width, Double p) implements TransformSpec {
    public RandomCrop {
      height = Check.range("height", height, 1, 4_096);
      width = Check.range("width", width, 1, 4_096);
      p = probability(p);
    }
  }

  /**
   * A window of a random area, aspect ratio and place, brought to the image's size (Szegedy et al.
   * 2015).
   *
   * @param scale share of the area, {@code [lower, upper]} within 0.01..1; default {@code [0.08,
   *     1]}
   * @param ratio width to height, {@code [lower, upper]} within 0.1..10, drawn on a logarithmic
   *     scale; default {@code [0.75, 1.3333333333333333]}
   */
  @JsonTypeName("random_resized_crop")
  record RandomResizedCrop(List<Double> scale, List<Double> ratio, Double p)
      implements TransformSpec {
    public RandomResizedCrop {
      scale = pair("scale", scale, List.of(0.08, 1.0), 0.01, 1);
      ratio = pair("ratio", ratio, List.of(0.75, 4 / 3.0), 0.1, 10);
      p = probability(p);
    }
  }

  /**
   * The window in the middle, brought to the image's size.
   *
   * @param height pixels, 1..4,096, at most the image's
   * @param width likewise
   */
  @JsonTypeName("center_crop")
  record CenterCrop(Integer height, Integer width, Double p) implements TransformSpec {
    public CenterCrop {
      height = Check.range("height", height, 1, 4_096);
      width = Check.range("width", width, 1, 4_096);
      p = probability(p);
    }
  }

  /**
   * Moves the image's corners inwards at random and so changes its perspective.
   *
   * @param distortion 0..0.9: each corner moves by up to that share of half a side; default 0.5
   */
  @JsonTypeName("perspective")
  record Perspective(Double distortion, Double p) implements TransformSpec {
    public Perspective {
      distortion = Check.range("distortion", Check.orElse(distortion, 0.5), 0, 0.9);
      p = probability(p);
    }
  }

  /**
   * Displaces pixels by smooth random fields (after Simard et al. 2003): normal displacements on a
   * grid, joined by cubic B-splines.
   *
   * @param alpha standard deviation of the grid's displacements in pixels, 0..100; default 3
   * @param sigma spacing of the grid in pixels, 2..1,000; default 16
   */
  @JsonTypeName("elastic")
  record Elastic(Double alpha, Double sigma, Double p) implements TransformSpec {
    public Elastic {
      alpha = Check.range("alpha", Check.orElse(alpha, 3.0), 0, 100);
      sigma = Check.range("sigma", Check.orElse(sigma, 16.0), 2, 1_000);
      p = probability(p);
    }
  }

  /**
   * Multiplies all values, as Keras' {@code brightness_range} does.
   *
   * @param range {@code [lower, upper]} within 0..10: a factor from {@code U(lower, upper)}
   */
  @JsonTypeName("brightness")
  record Brightness(List<Double> range, Double p) implements TransformSpec {
    public Brightness {
      range = pair("range", Check.required("range", range), null, 0, 10);
      p = probability(p);
    }
  }

  /**
   * Adds a number to all values and clips them to 0..255, as Keras' RandomBrightness does.
   *
   * @param range {@code [lower, upper]} within -1..1: a share of 255 from {@code U(lower, upper)}
   */
  @JsonTypeName("brightness_shift")
  record BrightnessShift(List<Double> range, Double p) implements TransformSpec {
    public BrightnessShift {
      range = pair("range", Check.required("range", range), null, -1, 1);
      p = probability(p);
    }
  }

  /**
   * Multiplies each channel's distances from its own mean and clips to 0..255, as Keras'
   * RandomContrast does; the mean is that of the image at this place of the list.
   *
   * @param range {@code [lower, upper]} within 0..10: a factor from {@code U(lower, upper)}
   */
  @JsonTypeName("contrast")
  record Contrast(List<Double> range, Double p) implements TransformSpec {
    public Contrast {
      range = pair("range", Check.required("range", range), null, 0, 10);
      p = probability(p);
    }
  }

  /**
   * Adds a number to all values and clips them to the range that the image had, as Keras' {@code
   * channel_shift_range} does.
   *
   * @param range r, 0..255: the number is from {@code U(-r, r)}
   */
  @JsonTypeName("channel_shift")
  record ChannelShift(Double range, Double p) implements TransformSpec {
    public ChannelShift {
      range = Check.range("range", range, 0, 255);
      p = probability(p);
    }
  }

  /**
   * Changes colours: brightness, contrast, then hue, saturation and value in HSV. Of grey images
   * only brightness, contrast and value change.
   *
   * @param brightness b, 0..1: a factor from {@code U(1-b, 1+b)}; default 0
   * @param contrast c, 0..1: distances from the mean grey of the sample's image are multiplied by
   *     {@code U(1-c, 1+c)}; default 0
   * @param saturation s, 0..1: the saturation is multiplied by {@code U(1-s, 1+s)}; default 0
   * @param hue h, 0..0.5: a share of the colour circle, {@code U(-h, h)}, is added to every pixel's
   *     hue; default 0
   * @param value v, 0..1: the value is multiplied by {@code U(1-v, 1+v)}; default 0
   */
  @JsonTypeName("color_jitter")
  record ColorJitter(
      Double brightness, Double contrast, Double saturation, Double hue, Double value, Double p)
      implements TransformSpec {
    public ColorJitter {
      brightness = Check.range("brightness", Check.orElse(brightness, 0.0), 0, 1);
      contrast = Check.range("contrast", Check.orElse(contrast, 0.0), 0, 1);
      saturation = Check.range("saturation", Check.orElse(saturation, 0.0), 0, 1);
      hue = Check.range("hue", Check.orElse(hue, 0.0), 0, 0.5);
      value = Check.range("value", Check.orElse(value, 0.0), 0, 1);
      p = probability(p);
    }
  }

  /** Makes the image grey by ITU-R BT.601's weights, its channels kept. */
  @JsonTypeName("grayscale")
  record Grayscale(Double p) implements TransformSpec {
    public Grayscale {
      p = probability(p);
    }
  }

  /**
   * Blurs by a Gaussian kernel; beyond the border stands the border (OpenCV's {@code reflect_101}).
   *
   * @param kernelSize odd, 3..31; default 3
   * @param sigma {@code [lower, upper]} within 0.1..10: the standard deviation in pixels is from
   *     {@code U(lower, upper)}; default {@code [0.1, 2]}
   */
  @JsonTypeName("gaussian_blur")
  record GaussianBlur(Integer kernelSize, List<Double> sigma, Double p) implements TransformSpec {
    public GaussianBlur {
      kernelSize = Check.range("kernel_size", Check.orElse(kernelSize, 3), 3, 31);
      if (kernelSize % 2 == 0) {
        throw new InvalidMessageException("kernel_size", kernelSize + " is even; give an odd size");
      }
      sigma = pair("sigma", sigma, List.of(0.1, 2.0), 0.1, 10);
      p = probability(p);
    }
  }

  /**
   * Adds normal noise to every value.
   *
   * @param stddev its standard deviation, 0..255; default 10
   */
  @JsonTypeName("gaussian_noise")
  record GaussianNoise(Double stddev, Double p) implements TransformSpec {
    public GaussianNoise {
      stddev = Check.range("stddev", Check.orElse(stddev, 10.0), 0, 255);
      p = probability(p);
    }
  }

  /**
   * Makes pixels black or white.
   *
   * @param amount share of the pixels, 0..1, half of them white; default 0.02
   */
  @JsonTypeName("salt_and_pepper")
  record SaltAndPepper(Double amount, Double p) implements TransformSpec {
    public SaltAndPepper {
      amount = Check.range("amount", Check.orElse(amount, 0.02), 0, 1);
      p = probability(p);
    }
  }

  /**
   * Erases a rectangle (random erasing, Zhong et al. 2017).
   *
   * @param scale share of the area, {@code [lower, upper]} within 0..1; default {@code [0.02,
   *     0.33]}
   * @param ratio width to height, {@code [lower, upper]} within 0.1..10, drawn on a logarithmic
   *     scale; default {@code [0.3, 3.3]}
   * @param value the value it is filled with, 0..255; default 0
   */
  @JsonTypeName("cutout")
  record Cutout(List<Double> scale, List<Double> ratio, Double value, Double p)
      implements TransformSpec {
    public Cutout {
      scale = pair("scale", scale, List.of(0.02, 0.33), 0, 1);
      ratio = pair("ratio", ratio, List.of(0.3, 3.3), 0.1, 10);
      value = Check.range("value", Check.orElse(value, 0.0), 0, 255);
      p = probability(p);
    }
  }

  /**
   * One of several transforms, each equally likely; its own {@code p} applies then.
   *
   * @param transforms 1..32 of them
   */
  @JsonTypeName("one_of")
  record OneOf(List<TransformSpec> transforms, Double p) implements TransformSpec {
    public OneOf {
      transforms = within(transforms);
      p = probability(p);
    }

    @Override
    public List<TransformSpec> inner() {
      return transforms;
    }
  }

  /**
   * Several transforms, all of them or none.
   *
   * @param transforms 1..32 of them
   */
  @JsonTypeName("sequence")
  record Sequence(List<TransformSpec> transforms, Double p) implements TransformSpec {
    public Sequence {
      transforms = within(transforms);
      p = probability(p);
    }

    @Override
    public List<TransformSpec> inner() {
      return transforms;
    }
  }

  /**
   * RandAugment (Cubuk et al. 2019): {@code n} operations, drawn with replacement from identity,
   * rotation, shear and shift along either axis, brightness, contrast, saturation, posterization,
   * solarization and autocontrast, all of strength {@code m}.
   *
   * @param n operations, 0..10; default 2
   * @param m strength, 0..30; default 9
   */
  @JsonTypeName("rand_augment")
  record RandAugment(Integer n, Integer m, Double p) implements TransformSpec {
    public RandAugment {
      n = Check.range("n", Check.orElse(n, 2), 0, 10);
      m = Check.range("m", Check.orElse(m, 9), 0, 30);
      p = probability(p);
    }
  }

  /**
   * Mixup (Zhang et al. 2017): a sample becomes {@code l · itself + (1-l) · another one of its
   * batch}, its label likewise, with {@code l} from {@code Beta(alpha, alpha)}.
   *
   * @param alpha 0.01..100; default 0.2
   */
  @JsonTypeName("mixup")
  record Mixup(Double alpha, Double p) implements TransformSpec {
    public Mixup {
      alpha = Check.range("alpha", Check.orElse(alpha, 0.2), 0.01, 100);
      p = probability(p);
    }
  }

  /**
   * CutMix (Yun et al. 2019): a rectangle of a sample is replaced by that of another one of its
   * batch; the label is mixed by the areas. The rectangle's share is {@code 1-l} with {@code l}
   * from {@code Beta(alpha, alpha)}.
   *
   * @param alpha 0.01..100; default 1
   */
  @JsonTypeName("cutmix")
  record Cutmix(Double alpha, Double p) implements TransformSpec {
    public Cutmix {
      alpha = Check.range("alpha", Check.orElse(alpha, 1.0), 0.01, 100);
      p = probability(p);
    }
  }

  /**
   * A slice of a series' window at a random place, stretched to the window's length (Le Guennec et
   * al. 2016).
   *
   * @param ratio length of the slice as a share of the window, 0.1..1; default 0.9
   */
  @JsonTypeName("window_slicing")
  record WindowSlicing(Double ratio, Double p) implements TransformSpec {
    public WindowSlicing {
      ratio = Check.range("ratio", Check.orElse(ratio, 0.9), 0.1, 1);
      p = probability(p);
    }
  }

  /**
   * Adds normal noise to a window's scaled values (Um et al. 2017).
   *
   * @param sigma its standard deviation, 0..10; default 0.03
   */
  @JsonTypeName("jitter")
  record Jitter(Double sigma, Double p) implements TransformSpec {
    public Jitter {
      sigma = Check.range("sigma", Check.orElse(sigma, 0.03), 0, 10);
      p = probability(p);
    }
  }

  /**
   * Multiplies a window's scaled values by one factor (Um et al. 2017).
   *
   * @param sigma the factor is from {@code N(1, sigma²)}, 0..10; default 0.1
   */
  @JsonTypeName("scaling")
  record Scaling(Double sigma, Double p) implements TransformSpec {
    public Scaling {
      sigma = Check.range("sigma", Check.orElse(sigma, 0.1), 0, 10);
      p = probability(p);
    }
  }

  /**
   * Multiplies a window's scaled values by a smooth curve through random knots (Um et al. 2017).
   *
   * @param sigma the knots are from {@code N(1, sigma²)}, 0..10; default 0.2
   * @param knots between the ends, 1..100; default 4
   */
  @JsonTypeName("magnitude_warping")
  record MagnitudeWarping(Double sigma, Integer knots, Double p) implements TransformSpec {
    public MagnitudeWarping {
      sigma = Check.range("sigma", Check.orElse(sigma, 0.2), 0, 10);
      knots = Check.range("knots", Check.orElse(knots, 4), 1, 100);
      p = probability(p);
    }
  }

  /**
   * Lets a window's time run faster and slower along a smooth curve through random knots; its ends
   * stay (Um et al. 2017).
   *
   * @param sigma the speeds at the knots are from {@code N(1, sigma²)}, at least 0.1, 0..10;
   *     default 0.2
   * @param knots between the ends, 1..100; default 4
   */
  @JsonTypeName("time_warping")
  record TimeWarping(Double sigma, Integer knots, Double p) implements TransformSpec {
    public TimeWarping {
      sigma = Check.range("sigma", Check.orElse(sigma, 0.2), 0, 10);
      knots = Check.range("knots", Check.orElse(knots, 4), 1, 100);
      p = probability(p);
    }
  }
}
