package io.millrace.trainer;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.LearningRate;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.Weights;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One dense layer in plain Java, trained by gradient descent with momentum: softmax and
 * crossentropy for classes, a linear output and mean squared error for a series. Like larger
 * networks, it has dropout; the seed and the step determine which inputs it drops.
 */
public class SoftmaxRegression implements Network {
  private static final float KEEP = 0.9f;
  private static final float MOMENTUM = 0.5f;

  private final int inputs;
  private final int outputs;
  private final boolean classes;
  private final long seed;
  private final DatasetSpec dataset;
  private final LearningRate rate;
  private final float[] weights;
  private final float[] velocity;

  public SoftmaxRegression(NetworkPlan plan, TrainingRequest request) {
    inputs = plan.inputShape().stream().reduce(1, (a, b) -> a * b);
    outputs = plan.layers().get(0).summary().outputShape().get(0);
    classes = plan.inputShape().size() == 3;
    seed = request.seed();
    dataset = request.dataset();
    rate = request.optimizer().learningRate();
    weights = new float[(inputs + 1) * outputs];
    velocity = new float[weights.length];
    var random = new Random(seed);
    for (int k = 0; k < inputs * outputs; k++) {
      weights[k] = (random.nextFloat() - 0.5f) * 0.1f;
    }
  }

  /** Returns the plan for a request with exactly one dense layer. */
  public static NetworkPlan plan(TrainingRequest request, DatasetDescription data) {
    int outputs = data.classes() != null ? data.classes().size() : data.series().horizon();
    if (!(request.model().layers().get(0) instanceof CoreSpec.Dense dense)
        || dense.units() != outputs) {
      throw new InvalidMessageException(
          "model.layers[0]", "must be a Dense layer with " + outputs + " units");
    }
    long parameters = (data.sampleShape().stream().reduce(1, (a, b) -> a * b) + 1L) * outputs;
    return new NetworkPlan(
        data.sampleShape(),
        List.of(
            new NetworkPlan.Layer(
                dense,
                new LayerSummary("dense", "Dense", List.of(outputs), parameters),
                List.of(PlacedLayer.INPUT),
                List.of(data.sampleShape()),
                true,
                null)));
  }

  @Override
  public double rate(long step) {
    return rate.at(step);
  }

  @Override
  public Outputs step(Batch batch, long step, double rate) {
    float[] features = features(batch);
    var random = new Random(seed * 1_000_003 + step);
    for (int k = 0; k < features.length; k++) {
      features[k] = random.nextFloat() < KEEP ? features[k] / KEEP : 0;
    }
    float[] targets = targets(batch);
    float[] values = values(features, batch.size());
    double loss = loss(values, targets);
    update(features, values, targets, (float) rate);
    return new Outputs(loss, values);
  }

  @Override
  public Outputs evaluate(Batch batch) {
    float[] values = values(features(batch), batch.size());
    return new Outputs(loss(values, targets(batch)), values);
  }

  @Override
  public boolean isFinite() {
    for (float weight : weights) {
      if (!Float.isFinite(weight)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public List<Weights> weights() {
    int biases = inputs * outputs;
    return List.of(
        new Weights("dense/kernel", List.of(inputs, outputs), () -> Arrays.copyOf(weights, biases)),
        new Weights(
            "dense/bias",
            List.of(outputs),
            () -> Arrays.copyOfRange(weights, biases, weights.length)));
  }

  @Override
  public void assign(String name, float[] values) {
    int from = name.equals("dense/bias") ? inputs * outputs : 0;
    System.arraycopy(values, 0, weights, from, values.length);
  }

  @Override
  public void save(Path file) throws IOException {
    try (var out = new DataOutputStream(Files.newOutputStream(file))) {
      for (int k = 0; k < weights.length; k++) {
        out.writeFloat(weights[k]);
        out.writeFloat(velocity[k]);
      }
    }
  }

  @Override
  public void restore(Path file) throws IOException {
    try (var in = new DataInputStream(Files.newInputStream(file))) {
      for (int k = 0; k < weights.length; k++) {
        weights[k] = in.readFloat();
        velocity[k] = in.readFloat();
      }
    }
  }

  @Override
  public void close() {
    // Nothing to close.
  }

  private float[] features(Batch batch) {
    float[] features = new float[batch.size() * inputs];
    if (batch.features().spec().dtype() == DType.U8) {
      for (int k = 0; k < features.length; k++) {
        int raw = Byte.toUnsignedInt(batch.features().data().get(k));
        features[k] = raw * batch.scale() + batch.offset();
      }
    } else {
      FloatBuffer raw = batch.features().data().asFloatBuffer();
      for (int k = 0; k < features.length; k++) {
        features[k] = raw.get(k) * batch.scale() + batch.offset();
      }
    }
    return features;
  }

  private float[] values(float[] features, int size) {
    float[] values = new float[size * outputs];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < outputs; j++) {
        float sum = weights[inputs * outputs + j];
        for (int k = 0; k < inputs; k++) {
          sum += features[i * inputs + k] * weights[k * outputs + j];
        }
        values[i * outputs + j] = sum;
      }
      if (classes) {
        softmax(values, i * outputs);
      }
    }
    return values;
  }

  private void softmax(float[] values, int from) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = from; j < from + outputs; j++) {
      max = Math.max(max, values[j]);
    }
    double sum = 0;
    for (int j = from; j < from + outputs; j++) {
      values[j] = (float) Math.exp(values[j] - max);
      sum += values[j];
    }
    for (int j = from; j < from + outputs; j++) {
      values[j] /= (float) sum;
    }
  }

  private float[] targets(Batch batch) {
    return Labels.of(batch, dataset).targets(outputs);
  }

  private double loss(float[] values, float[] targets) {
    double sum = 0;
    for (int k = 0; k < targets.length; k++) {
      double error = values[k] - targets[k];
      sum += classes ? -targets[k] * Math.log(Math.max(1e-7, values[k])) : error * error / outputs;
    }
    return sum * outputs / targets.length;
  }

  private void update(float[] features, float[] values, float[] targets, float rate) {
    float[] gradient = new float[weights.length];
    int size = targets.length / outputs;
    float scale = classes ? 1f / size : 2f / targets.length;
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < outputs; j++) {
        float error = scale * (values[i * outputs + j] - targets[i * outputs + j]);
        for (int k = 0; k < inputs; k++) {
          gradient[k * outputs + j] += error * features[i * inputs + k];
        }
        gradient[inputs * outputs + j] += error;
      }
    }
    for (int k = 0; k < weights.length; k++) {
      velocity[k] = MOMENTUM * velocity[k] - rate * gradient[k];
      weights[k] += velocity[k];
    }
  }
}
