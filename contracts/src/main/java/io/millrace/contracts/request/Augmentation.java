package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Changes of samples: Keras' {@code ImageDataGenerator} with its names and its meaning, and a list
 * of more transforms. Keras' fields are a fixed sequence of the same transforms: rotation, shift,
 * shear and zoom as one affine resampling about the image's centre, channel shift, flips,
 * brightness, then {@link #transforms} in their order. Transforms change training samples only.
 * {@code rescale} and the standardizations, in Keras' order (rescale, samplewise, featurewise,
 * ZCA), change every part.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Augmentation(
    @Describe("Degrees r: the angle is drawn from U(-r, r).")
        @Range(min = 0, max = 180)
        @Default("0")
        Double rotationRange,
    @Describe(
            "Shift along the columns: a fraction f below 1 (a share of the size, from U(-f,"
                + " f)), pixels n of at least 1 (from U(-n, n)), an integer n (whole pixels, one"
                + " of 0..n-1 with a random sign), a list (one of its elements with a random"
                + " sign: shares if all are below 1, else pixels), or a lower and an upper share"
                + " of the size (from U(lower, upper); above 0 is to the right).")
        @Default("0")
        ShiftRange widthShiftRange,
    @Describe(
            "Shift along the rows: a fraction f below 1 (a share of the size, from U(-f, f)),"
                + " pixels n of at least 1 (from U(-n, n)), an integer n (whole pixels, one of"
                + " 0..n-1 with a random sign), a list (one of its elements with a random sign:"
                + " shares if all are below 1, else pixels), or a lower and an upper share of"
                + " the size (from U(lower, upper); above 0 is down).")
        @Default("0")
        ShiftRange heightShiftRange,
    @Describe("[lower, upper] with lower <= upper: a factor from U(lower, upper). Default: none.")
        @Size(min = 2, max = 2)
        @Range(min = 0, max = 10)
        List<Double> brightnessRange,
    @Describe("Degrees r: the shear angle is drawn from U(-r, r).")
        @Range(min = 0, max = 89)
        @Default("0")
        Double shearRange,
    @Describe(
            "z, or [lower, upper] with lower <= upper: one factor for the rows and one for the"
                + " columns, each from U(1-z, 1+z) or U(lower, upper). A factor below 1 shows"
                + " less of the image, larger.")
        @Default("0")
        ZoomRange zoomRange,
    @Describe(
            "r: a number from U(-r, r) is added to all values, which are clipped to the range"
                + " of values of the image.")
        @Range(min = 0, max = 255)
        @Default("0")
        Double channelShiftRange,
    @Describe("Whether a random half of the samples is mirrored left to right.") @Default("false")
        Boolean horizontalFlip,
    @Describe("Whether a random half of the samples is mirrored top to bottom.") @Default("false")
        Boolean verticalFlip,
    @Describe("Values outside the border of the image.") @Default("nearest") FillMode fillMode,
    @Describe("The value used by fill_mode constant.") @Range(min = 0, max = 255) @Default("0")
        Double cval,
    @Describe("0: nearest; 1: bilinear.") @Range(min = 0, max = 1) @Default("1")
        Integer interpolationOrder,
    @Describe(
            "Factor of every value of every part, not only the training part. The default is"
                + " 1/255 (Keras has none), so that networks see 0..1.")
        @Range(above = 0, max = 1e6)
        @Default("0.00392156862745098")
        Double rescale,
    @Describe("Whether each sample is shifted to mean 0.") @Default("false")
        Boolean samplewiseCenter,
    @Describe(
            "Whether each sample is divided by its standard deviation; also centers, as in"
                + " Keras.")
        @Default("false")
        Boolean samplewiseStdNormalization,
    @Describe("Whether the training part's mean, by channel, is subtracted.") @Default("false")
        Boolean featurewiseCenter,
    @Describe(
            "Whether values are divided by the training part's standard deviation, by channel;"
                + " also centers, as in Keras.")
        @Default("false")
        Boolean featurewiseStdNormalization,
    @Describe(
            "Whether values are decorrelated by the training part's statistics (ZCA); also"
                + " centers and turns featurewise_std_normalization off, as in Keras.")
        @Default("false")
        Boolean zcaWhitening,
    @Describe(
            "Added to the singular values of the training part (its standard deviations times"
                + " the root of its size) before values are divided by them.")
        @Range(above = 0, max = 1_000)
        @Default("1e-6")
        Double zcaEpsilon,
    @Describe("More transforms: at most 64, nested ones included, and at most 4 levels deep.")
        @Size(max = TransformSpec.MAX_TRANSFORMS)
        @Default("[]")
        List<TransformSpec> transforms) {
  private static final FieldRules RULES = FieldRules.of(Augmentation.class);

  /** The most values of an image that can be whitened: those of 32 by 32 pixels in colour. */
  public static final int MAX_ZCA_VALUES = 3_072;

  /** An augmentation without transforms. */
  public static final Augmentation NONE = of(List.of());

  public Augmentation {
    rotationRange = RULES.check("rotation_range", rotationRange);
    widthShiftRange = RULES.check("width_shift_range", widthShiftRange);
    heightShiftRange = RULES.check("height_shift_range", heightShiftRange);
    brightnessRange = TransformSpec.pair(RULES, "brightness_range", brightnessRange);
    shearRange = RULES.check("shear_range", shearRange);
    zoomRange = RULES.check("zoom_range", zoomRange);
    channelShiftRange = RULES.check("channel_shift_range", channelShiftRange);
    horizontalFlip = RULES.check("horizontal_flip", horizontalFlip);
    verticalFlip = RULES.check("vertical_flip", verticalFlip);
    fillMode = RULES.check("fill_mode", fillMode);
    cval = RULES.check("cval", cval);
    interpolationOrder = RULES.check("interpolation_order", interpolationOrder);
    rescale = RULES.check("rescale", rescale);
    zcaWhitening = RULES.check("zca_whitening", zcaWhitening);
    featurewiseStdNormalization =
        RULES.check("featurewise_std_normalization", featurewiseStdNormalization) && !zcaWhitening;
    featurewiseCenter =
        RULES.check("featurewise_center", featurewiseCenter)
            || featurewiseStdNormalization
            || zcaWhitening;
    samplewiseStdNormalization =
        RULES.check("samplewise_std_normalization", samplewiseStdNormalization);
    samplewiseCenter =
        RULES.check("samplewise_center", samplewiseCenter) || samplewiseStdNormalization;
    zcaEpsilon = RULES.check("zca_epsilon", zcaEpsilon);
    transforms = RULES.check("transforms", transforms);
    checkNesting(transforms);
  }

  /** An augmentation with these transforms only. */
  public static Augmentation of(List<TransformSpec> transforms) {
    return new Augmentation(
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        transforms);
  }

  /** A copy that scales each channel to mean 0 and standard deviation 1 over the training part. */
  Augmentation standardized() {
    return copy(fillMode, cval, interpolationOrder, true, transforms);
  }

  /** A copy with other transforms in the list. */
  Augmentation withTransforms(List<TransformSpec> list) {
    return copy(fillMode, cval, interpolationOrder, featurewiseStdNormalization, list);
  }

  /** A copy with another interpolation and fill mode. */
  Augmentation withSampling(FillMode mode, double outside, int order) {
    return copy(mode, outside, order, featurewiseStdNormalization, transforms);
  }

  private Augmentation copy(
      FillMode mode, Double outside, Integer order, boolean byFeature, List<TransformSpec> list) {
    return new Augmentation(
        rotationRange,
        widthShiftRange,
        heightShiftRange,
        brightnessRange,
        shearRange,
        zoomRange,
        channelShiftRange,
        horizontalFlip,
        verticalFlip,
        mode,
        outside,
        order,
        rescale,
        samplewiseCenter,
        samplewiseStdNormalization,
        featurewiseCenter,
        byFeature,
        zcaWhitening,
        zcaEpsilon,
        list);
  }

  private static void checkNesting(List<TransformSpec> transforms) {
    int all = 0;
    List<TransformSpec> level = transforms;
    for (int depth = 1; !level.isEmpty(); depth++) {
      all += level.size();
      if (depth > TransformSpec.MAX_DEPTH) {
        throw new InvalidMessageException(
            "transforms", "are nested more than " + TransformSpec.MAX_DEPTH + " levels deep");
      }
      var next = new ArrayList<TransformSpec>();
      level.forEach(transform -> next.addAll(transform.inner()));
      level = next;
    }
    if (all > TransformSpec.MAX_TRANSFORMS) {
      throw new InvalidMessageException(
          "transforms",
          "has "
              + all
              + " transforms, nested ones included; give at most "
              + TransformSpec.MAX_TRANSFORMS);
    }
  }

  /** Whether a transform changes samples at random. */
  public boolean isRandom() {
    return !transforms.isEmpty() || !sequence().isEmpty();
  }

  /**
   * The fields of Keras as the transforms that they are short for, in their order, those that
   * change nothing left out.
   */
  public List<TransformSpec> sequence() {
    var sequence = new ArrayList<TransformSpec>();
    if (rotationRange != 0) {
      sequence.add(
          new TransformSpec.Rotation(new AngleRange(0 - rotationRange, rotationRange), null));
    }
    if (!widthShiftRange.isNone() || !heightShiftRange.isNone()) {
      sequence.add(new TransformSpec.Shift(widthShiftRange, heightShiftRange, null));
    }
    if (shearRange != 0) {
      sequence.add(new TransformSpec.Shear(shearRange, null));
    }
    if (!zoomRange.equals(ZoomRange.NONE)) {
      sequence.add(new TransformSpec.Zoom(zoomRange, null, null, null));
    }
    if (channelShiftRange != 0) {
      sequence.add(new TransformSpec.ChannelShift(channelShiftRange, null));
    }
    if (horizontalFlip) {
      sequence.add(new TransformSpec.HorizontalFlip(null));
    }
    if (verticalFlip) {
      sequence.add(new TransformSpec.VerticalFlip(null));
    }
    if (brightnessRange != null) {
      sequence.add(new TransformSpec.Brightness(brightnessRange, null));
    }
    return List.copyOf(sequence);
  }

  /** Whether any transform resamples images, so that fill mode and interpolation matter. */
  boolean isResampling() {
    return Stream.concat(sequence().stream(), transforms.stream())
        .anyMatch(TransformSpec::isResampling);
  }

  /** Whether labels become shares of several classes. */
  public boolean mixesLabels() {
    return transforms.stream().anyMatch(TransformSpec::isForBatches);
  }

  /**
   * Whether values are standardized in addition to {@code rescale}, so that batches have floats.
   */
  public boolean standardizes() {
    return samplewiseCenter || featurewiseCenter;
  }

  /** Whether the training part's statistics are needed. */
  public boolean needsStatistics() {
    return featurewiseCenter;
  }

  /**
   * Refuses images that are too large to be whitened.
   *
   * @param values of an image
   * @throws InvalidMessageException naming {@code augmentation.zca_whitening}
   */
  public void checkWhitening(long values) {
    if (zcaWhitening && values > MAX_ZCA_VALUES) {
      throw new InvalidMessageException(
          "augmentation.zca_whitening",
          "needs a square matrix with a row for each value of an image, and these images have "
              + values
              + " values; give dataset.image_size and color_mode for at most "
              + MAX_ZCA_VALUES);
    }
  }

  /**
   * Checks that every transform is one of such data, and that none mixes a batch twice.
   *
   * @throws InvalidMessageException naming the request's field, {@code augmentation} included
   */
  public void check(DatasetSpec dataset) {
    Of data =
        dataset instanceof DatasetSpec.Rows
            ? Of.ROWS
            : dataset instanceof DatasetSpec.Series ? Of.SERIES : Of.IMAGES;
    for (int i = 0; i < transforms.size(); i++) {
      check("augmentation.transforms[" + i + "]", transforms.get(i), data);
    }
    if (data != Of.IMAGES && !equals(of(transforms))) {
      throw new InvalidMessageException(
          "augmentation",
          "has fields for images, but the data set is "
              + data.text
              + "; give only transforms such as "
              + String.join(", ", data.transforms));
    }
    var batchwide = new ArrayList<String>();
    transforms.stream().filter(TransformSpec::isForBatches).forEach(t -> batchwide.add(t.type()));
    if (Set.copyOf(batchwide).size() < batchwide.size()) {
      throw new InvalidMessageException(
          "augmentation.transforms", "has mixup or cutmix more than once; give each at most once");
    }
  }

  /**
   * Kinds of data with the transforms for their samples; images take all transforms that are not
   * for series.
   */
  private enum Of {
    IMAGES("of images", List.of()),
    SERIES(
        "a series",
        List.of("window_slicing", "jitter", "scaling", "magnitude_warping", "time_warping")),
    ROWS("of rows", List.of("jitter", "scaling"));

    private final String text;
    private final List<String> transforms;

    Of(String text, List<String> transforms) {
      this.text = text;
      this.transforms = transforms;
    }

    boolean fits(TransformSpec transform) {
      return this == IMAGES ? !transform.isForSeries() : transforms.contains(transform.type());
    }
  }

  private static void check(String field, TransformSpec transform, Of data) {
    boolean container =
        transform instanceof TransformSpec.OneOf || transform instanceof TransformSpec.Sequence;
    if (!container && !data.fits(transform)) {
      throw new InvalidMessageException(
          field + ".type",
          transform.type()
              + (transform.isForSeries() ? " is for series" : " is for images")
              + ", but the data set is "
              + data.text
              + (data == Of.IMAGES ? "" : "; give one of " + String.join(", ", data.transforms)));
    }
    for (int i = 0; i < transform.inner().size(); i++) {
      check(field + ".transforms[" + i + "]", transform.inner().get(i), data);
    }
  }
}
