package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests, descriptions and batches for tests. */
public final class Samples {
  private Samples() {}

  public static LayerSpec conv(int filters, int kernel) {
    return new ConvolutionSpec.Conv2D(
        null, filters, IntPair.of(kernel), null, null, Activation.RELU, null);
  }

  /** A linear convolution of size 1. */
  public static LayerSpec pointwise(int filters) {
    return new ConvolutionSpec.Conv2D(null, filters, IntPair.of(1), null, null, null, null);
  }

  public static LayerSpec maxPooling() {
    return new PoolingSpec.MaxPooling2D(null, null, null, null);
  }

  public static LayerSpec flatten() {
    return new ReshapingSpec.Flatten(null);
  }

  public static LayerSpec dropout(double rate) {
    return new RegularizationSpec.Dropout(null, rate);
  }

  public static LayerSpec dense(int units, Activation activation) {
    return new CoreSpec.Dense(null, units, activation, null);
  }

  public static LayerSpec lstm(int units, boolean sequences) {
    return new RecurrentSpec.LSTM(null, units, sequences, null, null);
  }

  public static OptimizerSpec adam(double rate) {
    return new OptimizerSpec.Adam(rate, null, null, null);
  }

  public static TrainingRequest images(Loss loss, OptimizerSpec optimizer, LayerSpec... layers) {
    return images(loss, optimizer, new ModelSpec(List.of(layers)));
  }

  public static TrainingRequest images(Loss loss, OptimizerSpec optimizer, ModelSpec model) {
    return request(
        new DatasetSpec.Images("images", null, null, null, null, null, null),
        loss,
        optimizer,
        model);
  }

  public static TrainingRequest series(OptimizerSpec optimizer, LayerSpec... layers) {
    return series(optimizer, new ModelSpec(List.of(layers)));
  }

  public static TrainingRequest series(OptimizerSpec optimizer, ModelSpec model) {
    return request(
        new DatasetSpec.Series("series", "value", null, null, null, null, null, null, null),
        Loss.MSE,
        optimizer,
        model);
  }

  private static TrainingRequest request(
      DatasetSpec dataset, Loss loss, OptimizerSpec optimizer, ModelSpec model) {
    return new TrainingRequest(
        null,
        "run",
        null,
        null,
        7L,
        dataset,
        null,
        model,
        LossSpec.of(loss),
        optimizer,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  public static DatasetDescription imageData(int height, int width, int channels, int classes) {
    var names = new ArrayList<String>();
    for (int i = 0; i < classes; i++) {
      names.add("class-" + i);
    }
    return new DatasetDescription(
        null, List.of(height, width, channels), 100, 0, 20, names, null, null, null);
  }

  public static DatasetDescription seriesData(int window, int horizon) {
    return new DatasetDescription(
        null,
        List.of(window, 1),
        100,
        0,
        20,
        null,
        null,
        new DatasetDescription.SeriesScale(1.0, 0.0, horizon, null),
        null);
  }

  /** Random images whose mean brightness grows with their class. */
  public static Batch imageBatch(
      int size, int height, int width, int channels, int classes, long seed) {
    var random = new Random(seed);
    var pixels = new byte[size * height * width * channels];
    var labels = new int[size];
    int values = height * width * channels;
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(classes);
      int base = 60 + 120 * labels[i] / Math.max(1, classes - 1);
      for (int j = 0; j < values; j++) {
        pixels[i * values + j] = (byte) (base - 40 + random.nextInt(80));
      }
    }
    return batch(
        DType.U8,
        List.of(size, height, width, channels),
        ByteBuffer.wrap(pixels),
        ints(labels),
        1f / 255);
  }

  public static Batch batch(
      DType dtype, List<Integer> shape, ByteBuffer features, Tensor labels, float scale) {
    return new Batch(
        Part.TRAIN,
        0,
        0,
        new Tensor(new TensorSpec("features", dtype, shape), features),
        labels,
        scale,
        0);
  }

  /** A batch with other labels: shares {@code [size, shares.length / size]}. */
  public static Batch withShares(Batch batch, float... shares) {
    return batch(
        batch.features().spec().dtype(),
        batch.shape(),
        batch.features().data(),
        floats(shares, batch.size(), shares.length / batch.size()),
        batch.scale());
  }

  /** Windows of a sine, and the values that follow them. */
  public static Batch sineBatch(int size, int window, int horizon, long seed) {
    var random = new Random(seed);
    var features = new float[size * window];
    var labels = new float[size * horizon];
    for (int i = 0; i < size; i++) {
      double start = random.nextDouble() * 100;
      for (int t = 0; t < window + horizon; t++) {
        float value = (float) (0.5 + 0.4 * Math.sin((start + t) * 0.7));
        if (t < window) {
          features[i * window + t] = value;
        } else {
          labels[i * horizon + t - window] = value;
        }
      }
    }
    return batch(
        DType.F32, List.of(size, window, 1), bytes(features), floats(labels, size, horizon), 1);
  }

  public static Tensor ints(int... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return new Tensor(new TensorSpec("labels", DType.I32, List.of(values.length)), bytes);
  }

  public static Tensor floats(float[] values, Integer... shape) {
    return new Tensor(new TensorSpec("labels", DType.F32, List.of(shape)), bytes(values));
  }

  public static ByteBuffer bytes(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
