package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.CoreSpec;
import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A learned vector for each integer: flat values become a series of vectors. */
final class EmbeddingStage implements Stage {
  private final CoreSpec.Embedding spec;
  private final INDArray embeddings;
  private final INDArray gradient;
  private final TimeMask mask;
  private final boolean first;

  private int[] indices;
  private int batch;

  /**
   * @param embeddings {@code [input_dim, output_dim]}
   * @param gradient gradient of the embeddings; null if none is computed
   * @param mask the mask that the layer produces; null for none
   * @param first whether no earlier stage needs a gradient, which is 0
   */
  EmbeddingStage(
      CoreSpec.Embedding spec,
      INDArray embeddings,
      INDArray gradient,
      TimeMask mask,
      boolean first) {
    this.spec = spec;
    this.embeddings = embeddings;
    this.gradient = gradient;
    this.mask = mask;
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    float[] values = Floats.read(input);
    batch = (int) input.size(0);
    int times = values.length / batch;
    FloatBuffer vectors = Floats.buffer(embeddings);
    int width = spec.outputDim();
    indices = new int[values.length];
    float[] outputs = new float[values.length * width];
    boolean[] present = new boolean[values.length];
    for (int t = 0; t < times; t++) {
      for (int b = 0; b < batch; b++) {
        int at = t * batch + b;
        indices[at] = index(values[b * times + t]);
        present[at] = values[b * times + t] != 0;
        vectors.get(indices[at] * width, outputs, at * width, width);
      }
    }
    if (mask != null) {
      mask.set(present, batch);
    }
    return Floats.array(outputs, times, batch, width);
  }

  private int index(float value) {
    if (!(value > -1 && value < spec.inputDim())) {
      throw new IllegalArgumentException(
          "an Embedding layer got "
              + value
              + "; its values must be 0 to "
              + (spec.inputDim() - 1)
              + ": give a larger input_dim, or unscaled values");
    }
    return (int) value;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    int width = spec.outputDim();
    gradient.assign(0);
    FloatBuffer sums = Floats.buffer(gradient);
    float[] sum = new float[width];
    for (int i = 0; i < indices.length; i++) {
      sums.get(indices[i] * width, sum);
      for (int c = 0; c < width; c++) {
        sum[c] += errors[i * width + c];
      }
      sums.put(indices[i] * width, sum);
    }
    return first ? null : Nd4j.zeros(DataType.FLOAT, batch, indices.length / batch);
  }

  @Override
  public void clear() {
    indices = null;
  }
}
