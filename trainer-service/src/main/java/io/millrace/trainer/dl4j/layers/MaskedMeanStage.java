package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean over a series' time steps that are not masked. */
final class MaskedMeanStage implements Stage {
  private final TimeMask mask;
  private final boolean keepsTime;

  private int time;

  MaskedMeanStage(TimeMask mask, boolean keepsTime) {
    this.mask = mask;
    this.keepsTime = keepsTime;
  }

  private int count(int sample) {
    int count = 0;
    for (int t = 0; t < time; t++) {
      count += mask.isPresent(t, sample) ? 1 : 0;
    }
    return count;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    time = (int) input.size(0);
    int batch = (int) input.size(1);
    int width = (int) input.size(2);
    float[] values = Floats.read(input);
    float[] means = new float[batch * width];
    for (int b = 0; b < batch; b++) {
      // Without any time step the mean is NaN: Keras divides 0 by 0 too.
      float count = count(b);
      for (int c = 0; c < width; c++) {
        double sum = 0;
        for (int t = 0; t < time; t++) {
          sum += mask.isPresent(t, b) ? values[(t * batch + b) * width + c] : 0;
        }
        means[b * width + c] = (float) sum / count;
      }
    }
    return keepsTime ? Floats.array(means, 1, batch, width) : Floats.array(means, batch, width);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    int width = (int) epsilon.size(epsilon.rank() - 1);
    int batch = (int) epsilon.length() / width;
    float[] errors = Floats.read(epsilon);
    float[] spread = new float[time * batch * width];
    for (int b = 0; b < batch; b++) {
      float count = count(b);
      for (int t = 0; t < time; t++) {
        for (int c = 0; c < width && mask.isPresent(t, b); c++) {
          spread[(t * batch + b) * width + c] = errors[b * width + c] / count;
        }
      }
    }
    return Floats.array(spread, time, batch, width);
  }
}
