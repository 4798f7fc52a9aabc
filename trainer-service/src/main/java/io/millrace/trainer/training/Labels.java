package io.millrace.trainer.training;

import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;

/** The labels of a batch: a class for each sample, or the values that follow each window. */
public final class Labels {
  private final int[] classes;
  private final float[] values;
  private final int size;

  private Labels(int[] classes, float[] values, int size) {
    this.classes = classes;
    this.values = values;
    this.size = size;
  }

  /** Labels I32 {@code [size]} or F32 {@code [size, horizon]}. */
  public static Labels of(Safetensors.Tensor tensor) {
    int size = tensor.spec().shape().get(0);
    if (tensor.spec().dtype() == DType.I32) {
      int[] classes = new int[size];
      tensor.data().asIntBuffer().get(classes);
      return new Labels(classes, null, size);
    }
    float[] values = new float[tensor.spec().elements()];
    tensor.data().asFloatBuffer().get(values);
    return new Labels(null, values, size);
  }

  /** Samples. */
  public int size() {
    return size;
  }

  /** Whether the labels are classes. */
  public boolean areClasses() {
    return classes != null;
  }

  /** A sample's class. */
  public int classOf(int sample) {
    return classes[sample];
  }

  /** What the network's output {@code j} of {@code width} should be for a sample. */
  public double target(int sample, int j, int width) {
    if (!areClasses()) {
      return values[sample * width + j];
    }
    return width == 1 ? classes[sample] : classes[sample] == j ? 1 : 0;
  }
}
