package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.parts.Part;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Makes Deeplearning4j's networks. */
final class Dl4jModels {
  private Dl4jModels() {}

  /**
   * @param parts of the network, see {@link Part#of}
   * @param inputShape of a sample
   */
  static Dl4jModel of(List<Part> parts, List<Integer> inputShape, TrainingRequest request) {
    return Part.areChain(parts)
        ? chain(parts, inputShape, request)
        : graph(parts, inputShape, request);
  }

  private static Dl4jModel chain(
      List<Part> parts, List<Integer> inputShape, TrainingRequest request) {
    var network = new MultiLayerNetwork(NetworkConfiguration.of(parts, inputShape, request));
    network.init();
    network.initGradientsView();
    Map<String, Integer> places = new HashMap<>();
    for (Part part : parts) {
      if (part.form() != Part.Form.PREPROCESSOR) {
        places.put(part.name(), places.size());
      }
    }
    return new Dl4jModel() {
      @Override
      public Model model() {
        return network;
      }

      @Override
      public Layer layer(Part part) {
        return network.getLayer(places.get(part.name()));
      }

      @Override
      public String json() {
        return network.getLayerWiseConfigurations().toJson();
      }
    };
  }

  private static Dl4jModel graph(
      List<Part> parts, List<Integer> inputShape, TrainingRequest request) {
    var network = new ComputationGraph(GraphConfiguration.of(parts, inputShape, request));
    network.init();
    network.initGradientsView();
    return new Dl4jModel() {
      @Override
      public Model model() {
        return network;
      }

      @Override
      public Layer layer(Part part) {
        return network.getLayer(part.name());
      }

      @Override
      public String json() {
        return network.getConfiguration().toJson();
      }
    };
  }
}
