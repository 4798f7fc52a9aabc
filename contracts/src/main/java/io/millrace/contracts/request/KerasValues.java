package io.millrace.contracts.request;

import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The changes that a model makes to an image before one of its first layers: only to the values, in
 * the same way for all pixels, and to the size.
 *
 * @param outputs the layers from the one whose output that layer takes back to the network's input
 * @param scale of all values; NaN if it differs by channel or depends on the training part
 * @param offset added to the scaled values
 * @param sizes to which the model resizes or crops images, the last one first
 */
record KerasValues(List<Integer> outputs, double scale, double offset, List<Size> sizes) {

  /**
   * A size of images.
   *
   * @param type of the layer that resizes or crops them
   */
  record Size(String type, int height, int width) {}

  /**
   * @param input the layer whose output it takes, or the network's input
   * @param layers before it
   * @param standardization of the model; null for none
   * @param type of the layer
   * @throws InvalidMessageException if the layers before it make other changes
   */
  static KerasValues before(
      int input,
      List<KerasModel.Placed> layers,
      KerasStandardization standardization,
      String type) {
    var outputs = new ArrayList<Integer>();
    var sizes = new ArrayList<Size>();
    double scale = 1;
    double offset = 0;
    int at = input;
    while (at != PlacedLayer.INPUT) {
      outputs.add(at);
      KerasModel.Placed placed = layers.get(at);
      LayerSpec layer = placed.layer();
      if (layer instanceof PreprocessingSpec.Normalization
          || standardization != null && standardization.path().equals(placed.path())) {
        scale = Double.NaN;
      } else if (layer instanceof PreprocessingSpec.Rescaling rescaling && rescaling.scale() > 0) {
        // Later layers compute scale · v + offset; this layer computes v = rescaling.scale · u +
        // rescaling.offset.
        offset += scale * rescaling.offset();
        scale *= rescaling.scale();
      } else if (layer instanceof PreprocessingSpec.Resizing resizing) {
        sizes.add(new Size(layer.type(), resizing.height(), resizing.width()));
      } else if (layer instanceof PreprocessingSpec.CenterCropLayer crop) {
        sizes.add(new Size(layer.type(), crop.height(), crop.width()));
      } else {
        throw new InvalidMessageException(
            "",
            type
                + " comes after "
                + layer.type()
                + ", but the augmentation replaces it only at the start of a model: only Rescaling"
                + " with a scale above 0, Normalization, Resizing, CenterCrop and other random"
                + " layers may come before it; put it first");
      }
      at = placed.inputs().get(0);
    }
    outputs.add(at);
    return new KerasValues(List.copyOf(outputs), scale, offset, List.copyOf(sizes));
  }

  /**
   * The range of the values of images whose levels are multiplied by {@code rescale}.
   *
   * @param rescale the factor of the augmentation
   */
  double[] range(double rescale) {
    return new double[] {offset, 255 * rescale * scale + offset};
  }

  boolean isKnown() {
    return !Double.isNaN(scale);
  }

  /** A number as an error shows it, rounded to six digits. */
  static String text(double value) {
    String text = String.format(Locale.ROOT, "%.6g", value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceAll("0+$", "").replaceAll("\\.$", "")
        : text;
  }
}
