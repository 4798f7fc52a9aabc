package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/**
 * Random transforms of training images, by the names and with the meaning of Keras' {@code
 * ImageDataGenerator}. Geometric transforms of a sample are drawn independently and applied as one
 * affine resampling about the image's centre.
 *
 * @param rotationRange degrees, 0..180: an angle is drawn from {@code U(-r, r)}; default 0
 * @param widthShiftRange share of the width, 0 ≤ r &lt; 1: a shift from {@code U(-r, r) · width};
 *     default 0
 * @param heightShiftRange share of the height, likewise; default 0
 * @param shearRange degrees, 0..89: a shear angle from {@code U(-r, r)}; default 0
 * @param zoomRange {@code z} or {@code [lower, upper]}: factors for rows and for columns, each from
 *     {@code U(1-z, 1+z)} or {@code U(lower, upper)}; default 0
 * @param horizontalFlip whether half of the samples, drawn at random, are mirrored left to right
 * @param verticalFlip whether half of the samples, drawn at random, are mirrored top to bottom
 * @param fillMode what stands outside the image's border; default {@code nearest}
 * @param cval the value of {@code constant}, 0..255; default 0
 * @param interpolationOrder 0 nearest, 1 bilinear; default 1
 * @param rescale every value of every part (not only the training part) is multiplied by it;
 *     default 1/255, where Keras has none, so that networks see 0..1
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Augmentation(
    Double rotationRange,
    Double widthShiftRange,
    Double heightShiftRange,
    Double shearRange,
    ZoomRange zoomRange,
    Boolean horizontalFlip,
    Boolean verticalFlip,
    FillMode fillMode,
    Double cval,
    Integer interpolationOrder,
    Double rescale) {

  /** No transform at all. */
  public static final Augmentation NONE =
      new Augmentation(null, null, null, null, null, null, null, null, null, null, null);

  public Augmentation {
    rotationRange = Check.range("rotation_range", Check.orElse(rotationRange, 0.0), 0, 180);
    widthShiftRange = Check.below("width_shift_range", Check.orElse(widthShiftRange, 0.0), 0, 1);
    heightShiftRange = Check.below("height_shift_range", Check.orElse(heightShiftRange, 0.0), 0, 1);
    shearRange = Check.range("shear_range", Check.orElse(shearRange, 0.0), 0, 89);
    zoomRange = Check.orElse(zoomRange, ZoomRange.NONE);
    horizontalFlip = Check.orElse(horizontalFlip, false);
    verticalFlip = Check.orElse(verticalFlip, false);
    fillMode = Check.orElse(fillMode, FillMode.NEAREST);
    cval = Check.range("cval", Check.orElse(cval, 0.0), 0, 255);
    interpolationOrder =
        Check.range("interpolation_order", Check.orElse(interpolationOrder, 1), 0, 1);
    rescale = Check.positive("rescale", Check.orElse(rescale, 1.0 / 255), 1e6);
  }

  /** Whether any sample comes out changed by chance. */
  public boolean isRandom() {
    return rotationRange != 0
        || widthShiftRange != 0
        || heightShiftRange != 0
        || shearRange != 0
        || !zoomRange.equals(ZoomRange.NONE)
        || horizontalFlip
        || verticalFlip;
  }

  void refuseForSeries() {
    if (!equals(NONE)) {
      throw new InvalidMessageException(
          "augmentation", "transforms images, and the data set is a series; leave it out");
    }
  }
}
