package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is done to samples: Keras' {@code ImageDataGenerator} by its names and with its meaning, and
 * more transforms in a list. The fields of Keras are a fixed sequence of the same transforms:
 * rotation, shift, shear and zoom as one affine resampling about the image's centre, channel shift,
 * flips, brightness, then {@link #transforms} in their order. Transforms change training samples
 * only; {@code rescale} and the standardizations, in Keras' order (rescale, samplewise,
 * featurewise, ZCA), those of every part.
 *
 * @param rotationRange degrees, 0..180: an angle is drawn from {@code U(-r, r)}; default 0
 * @param widthShiftRange along the columns; default 0
 * @param heightShiftRange along the rows; default 0
 * @param brightnessRange {@code [lower, upper]} within 0..10: a factor from {@code U(lower,
 *     upper)}; by default none
 * @param shearRange degrees, 0..89: a shear angle from {@code U(-r, r)}; default 0
 * @param zoomRange {@code z} or {@code [lower, upper]}: factors for rows and for columns, each from
 *     {@code U(1-z, 1+z)} or {@code U(lower, upper)}; default 0
 * @param channelShiftRange r, 0..255: a number from {@code U(-r, r)} is added to all values, which
 *     are clipped to the range that the image had; default 0
 * @param horizontalFlip whether half of the samples, drawn at random, are mirrored left to right
 * @param verticalFlip whether half of the samples, drawn at random, are mirrored top to bottom
 * @param fillMode what stands outside the image's border; default {@code nearest}
 * @param cval the value of {@code constant}, 0..255; default 0
 * @param interpolationOrder 0 nearest, 1 bilinear; default 1
 * @param rescale every value of every part (not only the training part) is multiplied by it;
 *     default 1/255, where Keras has none, so that networks see 0..1
 * @param samplewiseCenter whether each sample's mean becomes 0
 * @param samplewiseStdNormalization whether each sample is divided by its standard deviation;
 *     centers too, as in Keras
 * @param featurewiseCenter whether the training part's mean, by channel, becomes 0
 * @param featurewiseStdNormalization whether values are divided by the training part's standard
 *     deviation, by channel; centers too, as in Keras
 * @param zcaWhitening whether the training part's values are decorrelated (ZCA); centers too and
 *     leaves out {@code featurewise_std_normalization}, as in Keras
 * @param zcaEpsilon added to the singular values of the training part, which are its standard
 *     deviations times the root of its size, before they are divided by; above 0, at most 1,000;
 *     default 1e-6
 * @param transforms more transforms, at most 64, those within others counted; default none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Augmentation(
    Double rotationRange,
    ShiftRange widthShiftRange,
    ShiftRange heightShiftRange,
    List<Double> brightnessRange,
    Double shearRange,
    ZoomRange zoomRange,
    Double channelShiftRange,
    Boolean horizontalFlip,
    Boolean verticalFlip,
    FillMode fillMode,
    Double cval,
    Integer interpolationOrder,
    Double rescale,
    Boolean samplewiseCenter,
    Boolean samplewiseStdNormalization,
    Boolean featurewiseCenter,
    Boolean featurewiseStdNormalization,
    Boolean zcaWhitening,
    Double zcaEpsilon,
    List<TransformSpec> transforms) {

  /** The most values of an image that can be whitened: those of 32 by 32 pixels in colour. */
  public static final int MAX_ZCA_VALUES = 3_072;

  /** No transform at all. */
  public static final Augmentation NONE = of(List.of());

  public Augmentation {
    rotationRange = Check.range("rotation_range", Check.orElse(rotationRange, 0.0), 0, 180);
    widthShiftRange = Check.orElse(widthShiftRange, ShiftRange.NONE);
    heightShiftRange = Check.orElse(heightShiftRange, ShiftRange.NONE);
    if (brightnessRange != null) {
      brightnessRange =
          TransformSpec.pair("brightness_range", brightnessRange, brightnessRange, 0, 10);
    }
    shearRange = Check.range("shear_range", Check.orElse(shearRange, 0.0), 0, 89);
    zoomRange = Check.orElse(zoomRange, ZoomRange.NONE);
    channelShiftRange =
        Check.range("channel_shift_range", Check.orElse(channelShiftRange, 0.0), 0, 255);
    horizontalFlip = Check.orElse(horizontalFlip, false);
    verticalFlip = Check.orElse(verticalFlip, false);
    fillMode = Check.orElse(fillMode, FillMode.NEAREST);
    cval = Check.range("cval", Check.orElse(cval, 0.0), 0, 255);
    interpolationOrder =
        Check.range("interpolation_order", Check.orElse(interpolationOrder, 1), 0, 1);
    rescale = Check.positive("rescale", Check.orElse(rescale, 1.0 / 255), 1e6);
    zcaWhitening = Check.orElse(zcaWhitening, false);
    featurewiseStdNormalization = Check.orElse(featurewiseStdNormalization, false) && !zcaWhitening;
    featurewiseCenter =
        Check.orElse(featurewiseCenter, false) || featurewiseStdNormalization || zcaWhitening;
    samplewiseStdNormalization = Check.orElse(samplewiseStdNormalization, false);
    samplewiseCenter = Check.orElse(samplewiseCenter, false) || samplewiseStdNormalization;
    zcaEpsilon = Check.positive("zca_epsilon", Check.orElse(zcaEpsilon, 1e-6), 1e3);
    transforms =
        List.copyOf(
            Check.size(
                "transforms",
                Check.orElse(transforms, List.of()),
                0,
                TransformSpec.MAX_TRANSFORMS));
    checkNesting(transforms);
  }

  /** These transforms and nothing else. */
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

  /** The same, with the training part's mean and standard deviation by channel made 0 and 1. */
  Augmentation standardized() {
    return copy(fillMode, cval, interpolationOrder, true, transforms);
  }

  /** The same with other transforms in the list. */
  Augmentation withTransforms(List<TransformSpec> list) {
    return copy(fillMode, cval, interpolationOrder, featurewiseStdNormalization, list);
  }

  /** The same, sampled in another way. */
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
            "transforms", "stand within others more than " + TransformSpec.MAX_DEPTH + " deep");
      }
      var next = new ArrayList<TransformSpec>();
      level.forEach(transform -> next.addAll(transform.inner()));
      level = next;
    }
    if (all > TransformSpec.MAX_TRANSFORMS) {
      throw new InvalidMessageException(
          "transforms", "are " + all + "; give at most " + TransformSpec.MAX_TRANSFORMS);
    }
  }

  /** Whether any sample comes out changed by chance. */
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

  /** Whether values are standardized beyond {@code rescale}, so that they travel as floats. */
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
          "takes a matrix of the square of an image's values, and these images have "
              + values
              + "; give dataset.image_size and color_mode for at most "
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
          "transforms images, and the data set is "
              + data.text
              + "; leave out all but transforms such as "
              + String.join(", ", data.transforms));
    }
    var batchwide = new ArrayList<String>();
    transforms.stream().filter(TransformSpec::isForBatches).forEach(t -> batchwide.add(t.type()));
    if (Set.copyOf(batchwide).size() < batchwide.size()) {
      throw new InvalidMessageException(
          "augmentation.transforms", "mix a batch twice in the same way; give each once");
    }
  }

  /** Kinds of data, and what transforms their samples; of images all others do. */
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
              + (transform.isForSeries() ? " transforms series" : " transforms images")
              + ", and the data set is "
              + data.text
              + (data == Of.IMAGES ? "" : "; known are " + String.join(", ", data.transforms)));
    }
    for (int i = 0; i < transform.inner().size(); i++) {
      check(field + ".transforms[" + i + "]", transform.inner().get(i), data);
    }
  }
}
