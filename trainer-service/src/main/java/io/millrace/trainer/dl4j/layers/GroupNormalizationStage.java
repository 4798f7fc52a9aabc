package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.trainer.dl4j.device.Floats;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalizes groups of a sample's channels to mean 0 and variance 1 over the group and all
 * positions, times gamma, plus beta (Wu and He 2018).
 */
final class GroupNormalizationStage implements Stage {
  private final NormalizationSpec.GroupNormalization spec;
  private final ScaleAndShift affine;
  private final boolean first;

  private float[] normalized;
  private float[] factors;

  /**
   * @param parameters parameters by Keras' names: {@code gamma}, {@code beta}
   * @param gradients gradients of the parameters, by name; null if none are computed @param first
   *     whether no earlier stage needs a gradient
   */
  GroupNormalizationStage(
      NormalizationSpec.GroupNormalization spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      boolean first) {
    this.spec = spec;
    this.affine = ScaleAndShift.of(parameters, gradients);
    this.first = first;
  }

  /**
   * The layout of a sample's values: {@code at(sample, position, channel)}.
   *
   * @param positions pixels or time steps; 1 for flat values
   */
  private record Layout(Channels channels, int samples, int positions, boolean series) {
    static Layout of(INDArray array) {
      Channels channels = Channels.of(array);
      boolean series = array.rank() == 3;
      int samples = (int) array.size(series ? 1 : 0);
      return new Layout(channels, samples, channels.each() / samples, series);
    }

    int at(int sample, int position, int channel) {
      return series
          ? channels.at(position * samples + sample, channel, 0)
          : channels.at(sample, channel, position);
    }
  }

  private int groups(int channels) {
    return spec.groups() < 0 ? channels : spec.groups();
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    Layout layout = Layout.of(input);
    int channels = layout.channels.count();
    int groups = groups(channels);
    normalized = Floats.read(input);
    factors = new float[layout.samples * groups];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = normalize(layout, i / groups, i % groups, channels / groups);
    }
    float[] gamma = affine.scales(channels);
    float[] beta = affine.shifts(channels);
    float[] outputs = new float[normalized.length];
    for (int sample = 0; sample < layout.samples; sample++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < layout.positions; p++) {
          int at = layout.at(sample, p, c);
          outputs[at] = normalized[at] * gamma[c] + beta[c];
        }
      }
    }
    return Floats.array(outputs, input.shape());
  }

  /** Normalizes a group of {@code width} channels, and returns the factor. */
  private float normalize(Layout layout, int sample, int group, int width) {
    double sum = 0;
    for (int c = group * width; c < (group + 1) * width; c++) {
      for (int p = 0; p < layout.positions; p++) {
        sum += normalized[layout.at(sample, p, c)];
      }
    }
    int count = width * layout.positions;
    double mean = sum / count;
    double squares = 0;
    for (int c = group * width; c < (group + 1) * width; c++) {
      for (int p = 0; p < layout.positions; p++) {
        double distance = normalized[layout.at(sample, p, c)] - mean;
        squares += distance * distance;
      }
    }
    double factor = 1 / Math.sqrt(squares / count + spec.epsilon());
    for (int c = group * width; c < (group + 1) * width; c++) {
      for (int p = 0; p < layout.positions; p++) {
        int at = layout.at(sample, p, c);
        normalized[at] = (float) ((normalized[at] - mean) * factor);
      }
    }
    return (float) factor;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    Layout layout = Layout.of(epsilon);
    float[] e = Floats.read(epsilon);
    affine.backward(layout.channels, e, normalized);
    if (first) {
      return null;
    }
    int channels = layout.channels.count();
    int groups = groups(channels);
    float[] gamma = affine.scales(channels);
    for (int i = 0; i < factors.length; i++) {
      backward(layout, i / groups, i % groups * (channels / groups), channels / groups, gamma, e);
    }
    return Floats.array(e, epsilon.shape());
  }

  /** Computes the gradients of the group of {@code width} channels from {@code start} on. */
  private void backward(Layout layout, int sample, int start, int width, float[] gamma, float[] e) {
    double sum = 0;
    double product = 0;
    for (int c = start; c < start + width; c++) {
      for (int p = 0; p < layout.positions; p++) {
        int at = layout.at(sample, p, c);
        e[at] *= gamma[c];
        sum += e[at];
        product += (double) e[at] * normalized[at];
      }
    }
    int count = width * layout.positions;
    float factor = factors[(sample * layout.channels.count() + start) / width];
    for (int c = start; c < start + width; c++) {
      for (int p = 0; p < layout.positions; p++) {
        int at = layout.at(sample, p, c);
        e[at] = (float) (factor * (e[at] - (sum + normalized[at] * product) / count));
      }
    }
  }

  @Override
  public void clear() {
    normalized = null;
    factors = null;
  }
}
