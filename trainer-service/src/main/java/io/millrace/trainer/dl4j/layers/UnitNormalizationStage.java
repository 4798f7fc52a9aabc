package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalizes each position's channels to length 1; zero vectors stay zero. */
final class UnitNormalizationStage implements Stage {
  /** Keras' limit: a shorter vector is multiplied by 1e12 at most. */
  private static final double MOST = 1e12;

  private final boolean first;

  private float[] normalized;
  private double[] factors;

  /**
   * @param first whether no earlier stage needs a gradient
   */
  UnitNormalizationStage(boolean first) {
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    Channels channels = Channels.of(input);
    normalized = Floats.read(input);
    factors = new double[channels.each()];
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        double squares = 0;
        for (int c = 0; c < channels.count(); c++) {
          double value = normalized[channels.at(o, c, i)];
          squares += value * value;
        }
        double factor = Math.min(MOST, 1 / Math.sqrt(squares));
        factors[o * channels.inner() + i] = factor;
        for (int c = 0; c < channels.count(); c++) {
          normalized[channels.at(o, c, i)] *= (float) factor;
        }
      }
    }
    return Floats.array(normalized, input.shape());
  }

  /** {@code factor (e - y sum(e y))}. */
  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    Channels channels = Channels.of(epsilon);
    float[] e = Floats.read(epsilon);
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        double factor = factors[o * channels.inner() + i];
        double product = 0;
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          product += factor < MOST ? (double) e[at] * normalized[at] : 0;
        }
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          e[at] = (float) (factor * (e[at] - normalized[at] * product));
        }
      }
    }
    return Floats.array(e, epsilon.shape());
  }

  @Override
  public void clear() {
    normalized = null;
    factors = null;
  }
}
