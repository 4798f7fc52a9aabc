package io.millrace.augmentation.transform;

/**
 * One sample's transform, with the names and the meaning of Keras' {@code apply_transform}. As
 * there, {@code x} runs along the columns and {@code y} along the rows, and the parameters say
 * where an output pixel is taken from.
 *
 * @param theta angle of the rotation in degrees
 * @param tx shift along the columns in pixels
 * @param ty shift along the rows in pixels
 * @param shear angle of the shear in degrees
 * @param zx factor along the columns; below 1 shows less of the image, larger
 * @param zy factor along the rows
 * @param flipHorizontal mirrors the result left to right
 * @param flipVertical mirrors the result top to bottom
 */
public record TransformParameters(
    double theta,
    double tx,
    double ty,
    double shear,
    double zx,
    double zy,
    boolean flipHorizontal,
    boolean flipVertical) {

  /** Changes nothing. */
  public static final TransformParameters IDENTITY =
      new TransformParameters(0, 0, 0, 0, 1, 1, false, false);
}
