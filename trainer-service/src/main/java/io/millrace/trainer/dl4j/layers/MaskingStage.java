package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Masks the time steps at which all values equal one number, and sets those values to 0. */
final class MaskingStage implements Stage {
  private final float value;
  private final TimeMask mask;

  MaskingStage(double value, TimeMask mask) {
    this.value = (float) value;
    this.mask = mask;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    float[] values = Floats.read(input);
    int width = (int) input.size(2);
    boolean[] present = new boolean[values.length / width];
    for (int i = 0; i < values.length; i++) {
      present[i / width] |= values[i] != value;
    }
    mask.set(present, (int) input.size(1));
    return Floats.array(kept(values, width, (int) input.size(1)), input.shape());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    return Floats.array(
        kept(errors, (int) epsilon.size(2), (int) epsilon.size(1)), epsilon.shape());
  }

  private float[] kept(float[] values, int width, int batch) {
    for (int i = 0; i < values.length; i++) {
      int row = i / width;
      if (!mask.isPresent(row / batch, row % batch)) {
        values[i] = 0;
      }
    }
    return values;
  }
}
