package io.millrace.trainer.network;

import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;

/**
 * A batch's labels: each sample's class, each sample's shares of all classes if samples were mixed
 * (mixup, CutMix), or the values that follow its window.
 */
public final class Labels {
  private final int[] classes;
  private final float[] values;
  private final int size;
  private final int width;

  /**
   * @param classes the samples' classes; null for a series
   * @param values shares or values {@code [size, width]}; null if each sample has one class
   */
  private Labels(int[] classes, float[] values, int size, int width) {
    this.classes = classes;
    this.values = values;
    this.size = size;
    this.width = width;
  }

  /** The labels of a batch of images (I32 or F32) or of a series (F32). */
  public static Labels of(Batch batch, DatasetSpec dataset) {
    Safetensors.Tensor tensor = batch.labels();
    int size = batch.size();
    if (tensor.spec().dtype() == DType.I32) {
      int[] classes = new int[size];
      tensor.data().asIntBuffer().get(classes);
      return new Labels(classes, null, size, 1);
    }
    float[] values = new float[tensor.spec().elements()];
    tensor.data().asFloatBuffer().get(values);
    int width = values.length / size;
    // Shares have at least two classes; a single value of an image is a number.
    boolean areShares = dataset.isOfImages() && width > 1;
    return new Labels(areShares ? largest(values, size, width) : null, values, size, width);
  }

  private static int[] largest(float[] shares, int size, int width) {
    int[] classes = new int[size];
    for (int i = 0; i < size; i++) {
      for (int c = 1; c < width; c++) {
        if (shares[i * width + c] > shares[i * width + classes[i]]) {
          classes[i] = c;
        }
      }
    }
    return classes;
  }

  /** The number of samples. */
  public int size() {
    return size;
  }

  /** Whether the labels are classes or shares of classes. */
  public boolean areClasses() {
    return classes != null;
  }

  /**
   * A sample's class; for shares, the one with the largest share, the first one of equals, as in
   * Keras' {@code CategoricalAccuracy}.
   */
  public int classOf(int sample) {
    return classes[sample];
  }

  /**
   * The expected outputs {@code [size, outputs]}: one-hot, shares, or values. A single output for
   * two classes is the share of the second class.
   *
   * @return an array that must not be changed
   * @throws IllegalArgumentException if the labels do not fit that number of outputs
   */
  public float[] targets(int outputs) {
    if (values == null) {
      return oneHot(outputs);
    }
    if (width == outputs) {
      return values;
    }
    if (!areClasses() || width != 2 || outputs != 1) {
      throw new IllegalArgumentException(
          "labels: " + width + " values for each sample do not fit " + outputs + " outputs");
    }
    float[] second = new float[size];
    for (int i = 0; i < size; i++) {
      second[i] = values[2 * i + 1];
    }
    return second;
  }

  private float[] oneHot(int outputs) {
    float[] targets = new float[size * outputs];
    for (int i = 0; i < size; i++) {
      if (outputs == 1) {
        targets[i] = classes[i];
      } else {
        targets[i * outputs + classes[i]] = 1;
      }
    }
    return targets;
  }
}
