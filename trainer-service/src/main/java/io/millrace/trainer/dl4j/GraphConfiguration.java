package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;

/**
 * A Deeplearning4j configuration of a network with branches, see {@link NetworkConfiguration}. Its
 * parameters are in the order of the parts.
 */
final class GraphConfiguration {
  private GraphConfiguration() {}

  /**
   * @param parts the network's parts, see {@link NetworkPart#of}
   * @param inputShape the shape of a sample
   */
  static ComputationGraphConfiguration of(
      List<NetworkPart> parts, List<Integer> inputShape, TrainingRequest request) {
    List<String> names = names(parts);
    var graph =
        NetworkConfiguration.builder(request)
            .graphBuilder()
            .addInputs(names.get(0))
            .setInputTypes(KerasLayer.type(inputShape));
    for (int i = 0; i < parts.size(); i++) {
      NetworkPart part = parts.get(i);
      String[] sources =
          part.sources().stream()
              .map(source -> names.get(vertex(parts, source) + 1))
              .toArray(String[]::new);
      if (part.spec() instanceof MergingSpec merging) {
        graph.addVertex(part.name(), vertex(merging, part), sources);
      } else if (part.form() != NetworkPart.Form.PREPROCESSOR) {
        boolean last = i == parts.size() - 1;
        graph.addLayer(
            part.name(), NetworkConfiguration.layer(part, last, request.loss().type()), sources);
      }
    }
    ComputationGraphConfiguration configuration =
        graph.setOutputs(parts.get(parts.size() - 1).name()).build();
    List<String> vertices = new ArrayList<>(configuration.getNetworkInputs());
    vertices.addAll(configuration.getVertices().keySet());
    configuration.setTopologicalOrder(IntStream.range(0, vertices.size()).toArray());
    configuration.setTopologicalOrderStr(vertices);
    return configuration;
  }

  /** The part of a vertex; Deeplearning4j's preprocessors have no vertex of their own. */
  private static int vertex(List<NetworkPart> parts, int source) {
    int at = source;
    while (at != PlacedLayer.INPUT && parts.get(at).form() == NetworkPart.Form.PREPROCESSOR) {
      at = parts.get(at).sources().get(0);
    }
    return at;
  }

  /** Names of the network's input and of the parts after it. */
  private static List<String> names(List<NetworkPart> parts) {
    List<String> ofParts = parts.stream().map(NetworkPart::name).toList();
    String input = "input";
    while (ofParts.contains(input)) {
      input += "_";
    }
    var names = new ArrayList<>(List.of(input));
    names.addAll(ofParts);
    return names;
  }

  private static GraphVertex vertex(MergingSpec spec, NetworkPart part) {
    if (part.isKeras()) {
      return new KerasVertex(part);
    }
    return spec instanceof MergingSpec.Concatenate
        ? new MergeVertex()
        : new ElementWiseVertex(operation(spec));
  }

  private static ElementWiseVertex.Op operation(MergingSpec spec) {
    if (spec instanceof MergingSpec.Add) {
      return ElementWiseVertex.Op.Add;
    }
    if (spec instanceof MergingSpec.Subtract) {
      return ElementWiseVertex.Op.Subtract;
    }
    if (spec instanceof MergingSpec.Multiply) {
      return ElementWiseVertex.Op.Product;
    }
    return spec instanceof MergingSpec.Average
        ? ElementWiseVertex.Op.Average
        : ElementWiseVertex.Op.Max;
  }
}
