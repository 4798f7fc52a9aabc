package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers at the start of a Keras model that change images at random. They are not part of the
 * network: the augmentation applies their transforms after its own, in the order of the layers.
 *
 * @param layers in the order of the model; empty if the model has none
 */
record KerasAugmentation(List<KerasRandomLayer> layers) {
  private static final String NO_CHANGE = "; leave it out, or leave the layer out of the model";

  /** The relative tolerance when ranges of values are compared: files contain 1/255 rounded. */
  private static final double TOLERANCE = 1e-5;

  KerasAugmentation {
    layers = List.copyOf(layers);
    check(layers);
  }

  private static void check(List<KerasRandomLayer> layers) {
    KerasRandomLayer colours = null;
    KerasRandomLayer sampled = null;
    for (KerasRandomLayer layer : layers) {
      if (layer.resampling() != null) {
        if (colours != null) {
          throw misplaced(
              layer,
              "",
              layer.type()
                  + " comes after "
                  + colours.type()
                  + ", but images are resampled before their values change; put "
                  + colours.type()
                  + " after it");
        }
        if (sampled != null && !sampled.resampling().equals(layer.resampling())) {
          throw unlike(layer, sampled);
        }
        sampled = layer;
      }
      colours = layer.changesColours() ? layer : colours;
    }
  }

  private static InvalidMessageException unlike(KerasRandomLayer layer, KerasRandomLayer first) {
    KerasRandomLayer.Resampling a = first.resampling();
    KerasRandomLayer.Resampling b = layer.resampling();
    boolean mode = !a.fillMode().equals(b.fillMode());
    boolean value = a.fillValue() != b.fillValue();
    String field = mode ? "fill_mode" : value ? "fill_value" : "interpolation";
    Object there = mode ? a.fillMode() : value ? a.fillValue() : a.interpolation();
    Object here = mode ? b.fillMode() : value ? b.fillValue() : b.interpolation();
    return misplaced(
        layer,
        "." + field,
        here
            + " differs from "
            + there
            + " of the "
            + first.type()
            + " before it, but an image is resampled only once; give both layers the same");
  }

  /** Builds an error with a path relative to the model. */
  private static InvalidMessageException misplaced(
      KerasRandomLayer layer, String field, String reason) {
    return new InvalidMessageException(layer.place() + ".config" + field, reason);
  }

  /**
   * @param placed the layers of the model, including the placeholders of the random layers
   * @throws InvalidMessageException if a random layer, or a layer before it, shares its input with
   *     another layer
   */
  void checkTaken(List<KerasModel.Placed> placed) {
    for (KerasRandomLayer layer : layers) {
      for (int output : layer.before().outputs()) {
        if (placed.stream().filter(other -> other.inputs().contains(output)).count() > 1) {
          throw misplaced(
              layer,
              "",
              "another layer takes the image before "
                  + layer.type()
                  + " changes it, but here the augmentation changes it before the network; let all"
                  + " layers take the output of "
                  + layer.type());
        }
      }
    }
  }

  /** The paths of the layers, as {@code to_augmentation} lists them. */
  List<String> places() {
    return layers.stream().map(layer -> layer.path().replaceAll("\\.config$", "")).toList();
  }

  /**
   * Returns the augmentation with the transforms of these layers after its own.
   *
   * @throws InvalidMessageException if the layers conflict with the augmentation or with the data
   *     set; the error names the field of the request
   */
  Augmentation behind(Augmentation own, DatasetSpec dataset) {
    if (layers.isEmpty()) {
      return own;
    }
    try {
      layers.forEach(layer -> checkData(layer, own, dataset));
      var transforms = new ArrayList<>(own.transforms());
      layers.forEach(layer -> transforms.addAll(layer.transforms()));
      Check.size(layers.get(0).path(), transforms, 0, TransformSpec.MAX_TRANSFORMS);
      return sampled(own).withTransforms(transforms);
    } catch (InvalidMessageException e) {
      if (e.field().startsWith("transforms")) {
        throw e.within("augmentation");
      }
      throw e.field().startsWith("augmentation") ? e : e.within("model");
    }
  }

  /** Builds an error with a path relative to the model specification. */
  private static InvalidMessageException refused(
      KerasRandomLayer layer, String field, String reason) {
    return new InvalidMessageException(layer.path() + field, reason);
  }

  private void checkData(KerasRandomLayer layer, Augmentation own, DatasetSpec dataset) {
    if (!(dataset instanceof DatasetSpec.Images images)) {
      throw refused(
          layer,
          "",
          layer.type() + " changes images, but the data set has none; leave the layer out");
    }
    for (KerasValues.Size size : layer.before().sizes()) {
      IntPair given = images.imageSize();
      if (given == null || given.rows() != size.height() || given.columns() != size.width()) {
        throw refused(
            layer,
            "",
            String.format(
                "%s comes after %s to %d x %d, but the augmentation changes images before that;"
                    + " give dataset.image_size [%d, %d], which resizes first, or put %s first",
                layer.type(),
                size.type(),
                size.height(),
                size.width(),
                size.height(),
                size.width(),
                layer.type()));
      }
    }
    if (own.samplewiseCenter() || own.zcaWhitening()) {
      throw new InvalidMessageException(
          own.zcaWhitening() ? "augmentation.zca_whitening" : "augmentation.samplewise_center",
          "cannot be combined with model."
              + layer.path()
              + ", a "
              + layer.type()
              + ", which Keras applies to standardized images, but the augmentation applies"
              + " before the standardization"
              + NO_CHANGE);
    }
    if (layer.changesColours()) {
      checkRange(layer, own);
    }
  }

  /** Rejects a layer that clips to values other than the darkest and brightest level. */
  private static void checkRange(KerasRandomLayer layer, Augmentation own) {
    if (own.standardizes() || !layer.before().isKnown()) {
      throw refused(
          layer,
          ".value_range",
          "is not supported for values that were standardized by channel; put "
              + layer.type()
              + " before the Normalization, and leave out augmentation.featurewise_center and"
              + " similar fields");
    }
    double[] range = layer.before().range(own.rescale());
    double low = layer.valueRange().get(0);
    double high = layer.valueRange().get(1);
    double near = TOLERANCE * (high - low);
    if (Math.abs(low - range[0]) > near || Math.abs(high - range[1]) > near) {
      double rescale = own.rescale() * (high - range[0]) / (range[1] - range[0]);
      boolean rescalable = Math.abs(low - range[0]) <= near && rescale > 0;
      String values = "[" + KerasValues.text(range[0]) + ", " + KerasValues.text(range[1]) + "]";
      throw refused(
          layer,
          ".value_range",
          "is ["
              + KerasValues.text(low)
              + ", "
              + KerasValues.text(high)
              + "], but the values that the layer gets are in "
              + values
              + ", because augmentation.rescale is "
              + KerasValues.text(own.rescale())
              + "; give "
              + (rescalable ? "augmentation.rescale " + KerasValues.text(rescale) + ", or " : "")
              + "the layer a value_range of "
              + values);
    }
  }

  /**
   * Sets the fill mode and interpolation of the layers; the request's own transforms must use the
   * same.
   */
  private Augmentation sampled(Augmentation own) {
    KerasRandomLayer first =
        layers.stream().filter(layer -> layer.resampling() != null).findFirst().orElse(null);
    if (first == null) {
      return own;
    }
    FillMode mode =
        switch (first.resampling().fillMode()) {
          case "reflect" -> FillMode.REFLECT;
          case "nearest" -> FillMode.NEAREST;
          default -> FillMode.CONSTANT;
        };
    boolean isConstant = mode == FillMode.CONSTANT;
    double cval = own.cval();
    if (isConstant) {
      for (KerasRandomLayer layer : layers) {
        if (layer.resampling() != null) {
          double level = level(layer, own);
          if (layer != first && level != cval) {
            throw refused(
                layer,
                ".fill_value",
                "does not mean the same level as that of "
                    + first.type()
                    + ", because a Rescaling is between them; put it before or after both");
          }
          cval = level;
        }
      }
    }
    int order = first.resampling().interpolation().equals("bilinear") ? 1 : 0;
    boolean resamples = own.isResampling();
    agree(first, "fill_mode", own.fillMode(), mode, FillMode.NEAREST, resamples);
    agree(first, "interpolation_order", own.interpolationOrder(), order, 1, resamples);
    if (isConstant) {
      agree(first, "cval", own.cval(), cval, 0.0, resamples);
    }
    return own.withSampling(mode, cval, order);
  }

  /** Rejects a field that differs from the layer's, except a default that has no effect. */
  private static void agree(
      KerasRandomLayer layer,
      String field,
      Object own,
      Object other,
      Object byDefault,
      boolean isUsed) {
    if (!own.equals(other) && (isUsed || !own.equals(byDefault))) {
      throw new InvalidMessageException(
          "augmentation." + field,
          text(own)
              + " cannot be combined with model."
              + layer.path()
              + ", a "
              + layer.type()
              + ": all transforms of an image are resampled together; give "
              + text(other));
    }
  }

  private static String text(Object value) {
    return value instanceof FillMode mode ? mode.json() : value.toString();
  }

  /** Converts a layer's fill_value to an image level, 0 to 255. */
  private static double level(KerasRandomLayer layer, Augmentation own) {
    if (own.standardizes() || !layer.before().isKnown()) {
      throw refused(
          layer,
          ".fill_mode",
          "constant is not supported for values that were standardized by channel; give reflect"
              + " or nearest, or put the layer before the Normalization");
    }
    double[] range = layer.before().range(own.rescale());
    double value = layer.resampling().fillValue();
    double level = 255 * (value - range[0]) / (range[1] - range[0]);
    double whole = Math.rint(level);
    level = Math.abs(level - whole) < 1e-3 ? whole : level;
    if (level < 0 || level > 255) {
      throw refused(
          layer,
          ".fill_value",
          KerasValues.text(value)
              + " is not a possible value of an image: the values are in ["
              + KerasValues.text(range[0])
              + ", "
              + KerasValues.text(range[1])
              + "] here; give one of them");
    }
    return level;
  }
}
