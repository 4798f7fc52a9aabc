package io.millrace.trainer.onnx;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.Weights;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A trained network as an ONNX model of opset {@value OnnxGraph#OPSET}, for evaluation: {@code
 * input} to {@code output}, single precision, batch first. The model includes the preprocessing.
 */
public final class OnnxFile {
  private OnnxFile() {}

  /**
   * Writes a network that takes the original data: images as levels 0..255 {@code [batch, height,
   * width, channels]}, series {@code [batch, window, features]} and rows {@code [batch, features]}
   * in the units of their columns.
   *
   * @param file a new file, or one to replace
   * @param weights layer by layer, each layer's in Keras' order
   * @param statistics how images are standardized besides {@code rescale}, as safetensors
   * @param metadata texts to store in the model
   * @throws ArithmeticException if the model would be larger than 2 GiB
   */
  public static void write(
      Path file,
      NetworkPlan plan,
      List<Weights> weights,
      Augmentation augmentation,
      DatasetDescription data,
      Optional<byte[]> statistics,
      Map<String, String> metadata)
      throws IOException {
    var graph = new OnnxGraph();
    String input = graph.input("input", data.sampleShape());
    String x = OnnxPreprocessing.of(graph, augmentation, data, statistics, input);
    if (!plan.inputShape().equals(data.sampleShape())) {
      x = graph.reshape(x, plan.inputShape().stream().mapToInt(size -> size).toArray());
    }
    write(file, graph, x, plan, weights, metadata);
  }

  /** Writes a network that takes data in the form in which it was trained. */
  public static void write(Path file, NetworkPlan plan, List<Weights> weights) throws IOException {
    var graph = new OnnxGraph();
    write(file, graph, graph.input("input", plan.inputShape()), plan, weights, Map.of());
  }

  private static void write(
      Path file,
      OnnxGraph graph,
      String input,
      NetworkPlan plan,
      List<Weights> weights,
      Map<String, String> metadata)
      throws IOException {
    if (LayerMasks.applied(plan.layers()).stream().anyMatch(Objects::nonNull)) {
      throw new InvalidMessageException(
          "",
          "a network with a mask of time steps cannot be exported: ONNX operators have no masks");
    }
    var queue = new WeightQueue(weights);
    var layers = new OnnxLayers(graph, queue);
    var outputs = new ArrayList<String>();
    for (NetworkPlan.Layer layer : plan.layers()) {
      List<String> sources =
          layer.inputs().stream()
              .map(source -> source == PlacedLayer.INPUT ? input : outputs.get(source))
              .toList();
      outputs.add(layers.layer(layer, sources));
    }
    if (!queue.isEmpty()) {
      throw new IllegalStateException("no layer uses the variable " + queue.next().name());
    }
    List<Integer> shape = plan.layers().get(plan.layers().size() - 1).outputShape();
    graph.output(outputs.get(outputs.size() - 1), "output", shape);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      graph.write(out, "millrace", metadata);
    }
  }
}
