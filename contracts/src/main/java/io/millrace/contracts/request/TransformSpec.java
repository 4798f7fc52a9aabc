package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import java.util.List;

/**
 * A random transform of a training sample. Each is applied with probability {@code p}. An image
 * keeps its size. Values are those of 8-bit images, 0..255.
 *
 * <p>The geometric transforms of a sample, wherever they are in the list, are composed into one map
 * and sampled once; the others follow in their order. {@link Mixup} and {@link Cutmix} come last.
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

  /** The most levels of nested transforms. */
  int MAX_DEPTH = 4;

  @Describe("Probability with which the transform is applied.")
  @Range(min = 0, max = 1)
  @Default("1")
  Double p();

  /** Its name in a request. */
  default String type() {
    return getClass().getAnnotation(JsonTypeName.class).value();
  }

  /** Whether the transform is for series; all others are for images. */
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

  /** Whether the transform resamples pixels; a flip only moves them. */
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

  /** A checked {@code [lower, upper]}; null where it is absent and has no default. */
  static List<Double> pair(FieldRules rules, String field, List<Double> value) {
    List<Double> pair = rules.check(field, value);
    if (pair != null && pair.get(0) > pair.get(1)) {
      throw new InvalidMessageException(field, pair + " is not a range; give [lower, upper]");
    }
    return pair;
  }

  private static List<TransformSpec> within(FieldRules rules, List<TransformSpec> transforms) {
    List<TransformSpec> inner = rules.check("transforms", transforms);
    for (int i = 0; i < inner.size(); i++) {
      if (inner.get(i).isForBatches()) {
        throw new InvalidMessageException(
            "transforms[" + i + "].type",
            inner.get(i).type() + " is not allowed here; give it in augmentation.transforms");
      }
    }
    return inner;
  }

  /** Rotates the image about its centre. */
  @JsonTypeName("rotation")
  record Rotation(
      @Describe(
              "Degrees r: the angle is drawn from U(-r, r); or [lower, upper] with lower <="
                  + " upper: from U(lower, upper), below 0 clockwise.")
          @Required
          AngleRange range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Rotation.class);

    public Rotation {
      range = RULES.check("range", range);
      p = RULES.check("p", p);
    }
  }

  /** Shifts the image. */
  @JsonTypeName("shift")
  record Shift(
      @Describe(
              "Shift along the columns: a fraction f below 1 (a share of the size, from U(-f,"
                  + " f)), pixels n of at least 1 (from U(-n, n)), an integer n (whole pixels, one"
                  + " of 0..n-1 with a random sign), a list (one of its elements with a random"
                  + " sign: shares if all are below 1, else pixels), or a lower and an upper share"
                  + " of the size (from U(lower, upper); above 0 is to the right).")
          @Default("0")
          ShiftRange width,
      @Describe(
              "Shift along the rows: a fraction f below 1 (a share of the size, from U(-f, f)),"
                  + " pixels n of at least 1 (from U(-n, n)), an integer n (whole pixels, one of"
                  + " 0..n-1 with a random sign), a list (one of its elements with a random sign:"
                  + " shares if all are below 1, else pixels), or a lower and an upper share of"
                  + " the size (from U(lower, upper); above 0 is down).")
          @Default("0")
          ShiftRange height,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Shift.class);

    public Shift {
      width = RULES.check("width", width);
      height = RULES.check("height", height);
      p = RULES.check("p", p);
    }
  }

  /** Shears the image, as Keras does. */
  @JsonTypeName("shear")
  record Shear(
      @Describe("Degrees r: the angle is drawn from U(-r, r).") @Range(min = 0, max = 89) @Required
          Double range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Shear.class);

    public Shear {
      range = RULES.check("range", range);
      p = RULES.check("p", p);
    }
  }

  /** Zooms rows and columns, each by its own factor. */
  @JsonTypeName("zoom")
  record Zoom(
      @Describe(
              "z, or [lower, upper] with lower <= upper: one factor for the rows and one for the"
                  + " columns, each from U(1-z, 1+z) or U(lower, upper). A factor below 1 shows"
                  + " less of the image, larger.")
          @Required
          ZoomRange range,
      @Describe("Like range, for the columns only. Default: range.") ZoomRange widthRange,
      @Describe(
              "Whether rows and columns are zoomed by one factor. Cannot be combined with"
                  + " width_range.")
          @Default("false")
          Boolean keepAspectRatio,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Zoom.class);

    public Zoom {
      range = RULES.check("range", range);
      keepAspectRatio = Boolean.TRUE.equals(keepAspectRatio) ? true : null;
      if (keepAspectRatio != null && widthRange != null) {
        throw new InvalidMessageException(
            "width_range", "cannot be combined with keep_aspect_ratio true; leave out one of them");
      }
      p = RULES.check("p", p);
    }

    /** The factors of the columns. */
    public ZoomRange columns() {
      return Check.orElse(widthRange, range);
    }
  }

  /** Mirrors the image left to right. */
  @JsonTypeName("horizontal_flip")
  record HorizontalFlip(@Default("0.5") Double p) implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(HorizontalFlip.class);

    public HorizontalFlip {
      p = RULES.check("p", p);
    }
  }

  /** Mirrors the image top to bottom. */
  @JsonTypeName("vertical_flip")
  record VerticalFlip(@Default("0.5") Double p) implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(VerticalFlip.class);

    public VerticalFlip {
      p = RULES.check("p", p);
    }
  }

  /** Takes a window at a random position and resizes it to the image's size. */
  @JsonTypeName("random_crop")
  record RandomCrop(
      @Describe("Height in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer height,
      @Describe("Width in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer width,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(RandomCrop.class);

    public RandomCrop {
      height = RULES.check("height", height);
      width = RULES.check("width", width);
      p = RULES.check("p", p);
    }
  }

  /**
   * Takes a window of random area, aspect ratio and position and resizes it to the image's size
   * (Szegedy et al. 2015).
   */
  @JsonTypeName("random_resized_crop")
  record RandomResizedCrop(
      @Describe("Share of the area, [lower, upper].")
          @Size(min = 2, max = 2)
          @Range(min = 0.01, max = 1)
          @Default("[0.08, 1]")
          List<Double> scale,
      @Describe("Width divided by height, [lower, upper], drawn on a logarithmic scale.")
          @Size(min = 2, max = 2)
          @Range(min = 0.1, max = 10)
          @Default("[0.75, 1.3333333333333333]")
          List<Double> ratio,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(RandomResizedCrop.class);

    public RandomResizedCrop {
      scale = pair(RULES, "scale", scale);
      ratio = pair(RULES, "ratio", ratio);
      p = RULES.check("p", p);
    }
  }

  /** Takes the window in the middle and resizes it to the image's size. */
  @JsonTypeName("center_crop")
  record CenterCrop(
      @Describe("Height in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer height,
      @Describe("Width in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer width,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(CenterCrop.class);

    public CenterCrop {
      height = RULES.check("height", height);
      width = RULES.check("width", width);
      p = RULES.check("p", p);
    }
  }

  /** Moves the image's corners inwards at random, which changes the perspective. */
  @JsonTypeName("perspective")
  record Perspective(
      @Describe("Each corner moves by at most this share of half a side.")
          @Range(min = 0, max = 0.9)
          @Default("0.5")
          Double distortion,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Perspective.class);

    public Perspective {
      distortion = RULES.check("distortion", distortion);
      p = RULES.check("p", p);
    }
  }

  /**
   * Displaces pixels by smooth random fields (after Simard et al. 2003): normal displacements on a
   * grid, joined by cubic B-splines.
   */
  @JsonTypeName("elastic")
  record Elastic(
      @Describe("Standard deviation of the grid's displacements in pixels.")
          @Range(min = 0, max = 100)
          @Default("3")
          Double alpha,
      @Describe("Spacing of the grid in pixels.") @Range(min = 2, max = 1_000) @Default("16")
          Double sigma,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Elastic.class);

    public Elastic {
      alpha = RULES.check("alpha", alpha);
      sigma = RULES.check("sigma", sigma);
      p = RULES.check("p", p);
    }
  }

  /** Multiplies all values by one factor, like Keras' {@code brightness_range}. */
  @JsonTypeName("brightness")
  record Brightness(
      @Describe("[lower, upper]: a factor from U(lower, upper).")
          @Size(min = 2, max = 2)
          @Range(min = 0, max = 10)
          @Required
          List<Double> range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Brightness.class);

    public Brightness {
      range = pair(RULES, "range", range);
      p = RULES.check("p", p);
    }
  }

  /** Adds a number to all values and clips them to 0..255, like Keras' RandomBrightness. */
  @JsonTypeName("brightness_shift")
  record BrightnessShift(
      @Describe("[lower, upper]: a share of 255 from U(lower, upper).")
          @Size(min = 2, max = 2)
          @Range(min = -1, max = 1)
          @Required
          List<Double> range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(BrightnessShift.class);

    public BrightnessShift {
      range = pair(RULES, "range", range);
      p = RULES.check("p", p);
    }
  }

  /**
   * Multiplies each value's distance from its channel's mean by one factor and clips the result to
   * 0..255, like Keras' RandomContrast. The mean is that of the image at this position in the list.
   */
  @JsonTypeName("contrast")
  record Contrast(
      @Describe("[lower, upper]: a factor from U(lower, upper).")
          @Size(min = 2, max = 2)
          @Range(min = 0, max = 10)
          @Required
          List<Double> range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Contrast.class);

    public Contrast {
      range = pair(RULES, "range", range);
      p = RULES.check("p", p);
    }
  }

  /**
   * Adds a number to all values and clips them to the image's range of values, like Keras' {@code
   * channel_shift_range}.
   */
  @JsonTypeName("channel_shift")
  record ChannelShift(
      @Describe("r: the number is drawn from U(-r, r).") @Range(min = 0, max = 255) @Required
          Double range,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(ChannelShift.class);

    public ChannelShift {
      range = RULES.check("range", range);
      p = RULES.check("p", p);
    }
  }

  /**
   * Changes colours: brightness, contrast, then hue, saturation and value in HSV. In grey images
   * only brightness, contrast and value change.
   */
  @JsonTypeName("color_jitter")
  record ColorJitter(
      @Describe("b: values are multiplied by a factor from U(1-b, 1+b).")
          @Range(min = 0, max = 1)
          @Default("0")
          Double brightness,
      @Describe(
              "c: distances from the mean grey of the image are multiplied by a factor from"
                  + " U(1-c, 1+c).")
          @Range(min = 0, max = 1)
          @Default("0")
          Double contrast,
      @Describe("s: the saturation is multiplied by a factor from U(1-s, 1+s).")
          @Range(min = 0, max = 1)
          @Default("0")
          Double saturation,
      @Describe("h: a share of the colour circle from U(-h, h) is added to the hue of every pixel.")
          @Range(min = 0, max = 0.5)
          @Default("0")
          Double hue,
      @Describe("v: the value is multiplied by a factor from U(1-v, 1+v).")
          @Range(min = 0, max = 1)
          @Default("0")
          Double value,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(ColorJitter.class);

    public ColorJitter {
      brightness = RULES.check("brightness", brightness);
      contrast = RULES.check("contrast", contrast);
      saturation = RULES.check("saturation", saturation);
      hue = RULES.check("hue", hue);
      value = RULES.check("value", value);
      p = RULES.check("p", p);
    }
  }

  /**
   * Makes the image grey with the weights of ITU-R BT.601; the number of channels stays the same.
   */
  @JsonTypeName("grayscale")
  record Grayscale(Double p) implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Grayscale.class);

    public Grayscale {
      p = RULES.check("p", p);
    }
  }

  /** Blurs by a Gaussian kernel; the border is reflected (OpenCV's {@code reflect_101}). */
  @JsonTypeName("gaussian_blur")
  record GaussianBlur(
      @Describe("Size of the kernel in pixels; odd.") @Range(min = 3, max = 31) @Default("3")
          Integer kernelSize,
      @Describe("[lower, upper]: the standard deviation in pixels is drawn from U(lower, upper).")
          @Size(min = 2, max = 2)
          @Range(min = 0.1, max = 10)
          @Default("[0.1, 2]")
          List<Double> sigma,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(GaussianBlur.class);

    public GaussianBlur {
      kernelSize = RULES.check("kernel_size", kernelSize);
      if (kernelSize % 2 == 0) {
        throw new InvalidMessageException("kernel_size", kernelSize + " is even; give an odd size");
      }
      sigma = pair(RULES, "sigma", sigma);
      p = RULES.check("p", p);
    }
  }

  /** Adds normal noise to every value. */
  @JsonTypeName("gaussian_noise")
  record GaussianNoise(
      @Describe("Standard deviation of the noise.") @Range(min = 0, max = 255) @Default("10")
          Double stddev,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(GaussianNoise.class);

    public GaussianNoise {
      stddev = RULES.check("stddev", stddev);
      p = RULES.check("p", p);
    }
  }

  /** Makes pixels black or white. */
  @JsonTypeName("salt_and_pepper")
  record SaltAndPepper(
      @Describe("Share of the pixels that are changed, half of them to white.")
          @Range(min = 0, max = 1)
          @Default("0.02")
          Double amount,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(SaltAndPepper.class);

    public SaltAndPepper {
      amount = RULES.check("amount", amount);
      p = RULES.check("p", p);
    }
  }

  /** Erases a rectangle (random erasing, Zhong et al. 2017). */
  @JsonTypeName("cutout")
  record Cutout(
      @Describe("Share of the area, [lower, upper].")
          @Size(min = 2, max = 2)
          @Range(min = 0, max = 1)
          @Default("[0.02, 0.33]")
          List<Double> scale,
      @Describe("Width divided by height, [lower, upper], drawn on a logarithmic scale.")
          @Size(min = 2, max = 2)
          @Range(min = 0.1, max = 10)
          @Default("[0.3, 3.3]")
          List<Double> ratio,
      @Describe("The value that fills the rectangle.") @Range(min = 0, max = 255) @Default("0")
          Double value,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Cutout.class);

    public Cutout {
      scale = pair(RULES, "scale", scale);
      ratio = pair(RULES, "ratio", ratio);
      value = RULES.check("value", value);
      p = RULES.check("p", p);
    }
  }

  /**
   * Applies one of several transforms, each equally likely; then that transform's own p applies.
   */
  @JsonTypeName("one_of")
  record OneOf(
      @Describe("The transforms; mixup and cutmix are not allowed here.")
          @Size(min = 1, max = MAX_WITHIN)
          @Required
          List<TransformSpec> transforms,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(OneOf.class);

    public OneOf {
      transforms = within(RULES, transforms);
      p = RULES.check("p", p);
    }

    @Override
    public List<TransformSpec> inner() {
      return transforms;
    }
  }

  /** Applies several transforms: all of them or none. */
  @JsonTypeName("sequence")
  record Sequence(
      @Describe("The transforms; mixup and cutmix are not allowed here.")
          @Size(min = 1, max = MAX_WITHIN)
          @Required
          List<TransformSpec> transforms,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Sequence.class);

    public Sequence {
      transforms = within(RULES, transforms);
      p = RULES.check("p", p);
    }

    @Override
    public List<TransformSpec> inner() {
      return transforms;
    }
  }

  /**
   * RandAugment (Cubuk et al. 2019): n operations, drawn with replacement from identity, rotation,
   * shear and shift along either axis, brightness, contrast, saturation, posterization,
   * solarization and autocontrast, all of strength m.
   */
  @JsonTypeName("rand_augment")
  record RandAugment(
      @Describe("Number of operations.") @Range(min = 0, max = 10) @Default("2") Integer n,
      @Describe("Strength of the operations.") @Range(min = 0, max = 30) @Default("9") Integer m,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(RandAugment.class);

    public RandAugment {
      n = RULES.check("n", n);
      m = RULES.check("m", m);
      p = RULES.check("p", p);
    }
  }

  /**
   * Mixup (Zhang et al. 2017): a sample becomes {@code l · itself + (1-l) · another sample of its
   * batch}, and so does its label, with {@code l} from {@code Beta(alpha, alpha)}.
   */
  @JsonTypeName("mixup")
  record Mixup(
      @Describe("Parameter of the Beta distribution.") @Range(min = 0.01, max = 100) @Default("0.2")
          Double alpha,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Mixup.class);

    public Mixup {
      alpha = RULES.check("alpha", alpha);
      p = RULES.check("p", p);
    }
  }

  /**
   * CutMix (Yun et al. 2019): a rectangle of a sample is replaced by that of another sample of its
   * batch; the labels are mixed by area. The rectangle's share is {@code 1-l} with {@code l} from
   * {@code Beta(alpha, alpha)}.
   */
  @JsonTypeName("cutmix")
  record Cutmix(
      @Describe("Parameter of the Beta distribution.") @Range(min = 0.01, max = 100) @Default("1")
          Double alpha,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Cutmix.class);

    public Cutmix {
      alpha = RULES.check("alpha", alpha);
      p = RULES.check("p", p);
    }
  }

  /**
   * Takes a slice of the window at a random position and stretches it to the window's length (Le
   * Guennec et al. 2016).
   */
  @JsonTypeName("window_slicing")
  record WindowSlicing(
      @Describe("Length of the slice as a share of the window.")
          @Range(min = 0.1, max = 1)
          @Default("0.9")
          Double ratio,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(WindowSlicing.class);

    public WindowSlicing {
      ratio = RULES.check("ratio", ratio);
      p = RULES.check("p", p);
    }
  }

  /** Adds normal noise to the window's scaled values (Um et al. 2017). */
  @JsonTypeName("jitter")
  record Jitter(
      @Describe("Standard deviation of the noise.") @Range(min = 0, max = 10) @Default("0.03")
          Double sigma,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Jitter.class);

    public Jitter {
      sigma = RULES.check("sigma", sigma);
      p = RULES.check("p", p);
    }
  }

  /** Multiplies the window's scaled values by one factor (Um et al. 2017). */
  @JsonTypeName("scaling")
  record Scaling(
      @Describe("The factor is drawn from N(1, sigma squared).")
          @Range(min = 0, max = 10)
          @Default("0.1")
          Double sigma,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(Scaling.class);

    public Scaling {
      sigma = RULES.check("sigma", sigma);
      p = RULES.check("p", p);
    }
  }

  /**
   * Multiplies the window's scaled values by a smooth curve through random knots (Um et al. 2017).
   */
  @JsonTypeName("magnitude_warping")
  record MagnitudeWarping(
      @Describe("The knots are drawn from N(1, sigma squared).")
          @Range(min = 0, max = 10)
          @Default("0.2")
          Double sigma,
      @Describe("Knots between the ends.") @Range(min = 1, max = 100) @Default("4") Integer knots,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(MagnitudeWarping.class);

    public MagnitudeWarping {
      sigma = RULES.check("sigma", sigma);
      knots = RULES.check("knots", knots);
      p = RULES.check("p", p);
    }
  }

  /**
   * Speeds up and slows down the window's time along a smooth curve through random knots; the ends
   * stay in place (Um et al. 2017).
   */
  @JsonTypeName("time_warping")
  record TimeWarping(
      @Describe("The speeds at the knots are drawn from N(1, sigma squared), at least 0.1.")
          @Range(min = 0, max = 10)
          @Default("0.2")
          Double sigma,
      @Describe("Knots between the ends.") @Range(min = 1, max = 100) @Default("4") Integer knots,
      Double p)
      implements TransformSpec {
    private static final FieldRules RULES = FieldRules.of(TimeWarping.class);

    public TimeWarping {
      sigma = RULES.check("sigma", sigma);
      knots = RULES.check("knots", knots);
      p = RULES.check("p", p);
    }
  }
}
