package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Creates Deeplearning4j networks. */
final class Dl4jModels {
  private Dl4jModels() {}

  /**
   * @param parts the network's parts, see {@link NetworkPart#of}
   * @param inputShape the shape of a sample
   */
  static Dl4jModel of(List<NetworkPart> parts, List<Integer> inputShape, TrainingRequest request) {
    return NetworkPart.areChain(parts)
        ? chain(parts, inputShape, request)
        : graph(parts, inputShape, request);
  }

  private static Dl4jModel chain(
      List<NetworkPart> parts, List<Integer> inputShape, TrainingRequest request) {
    var network = new MultiLayerNetwork(NetworkConfiguration.of(parts, inputShape, request));
    network.init();
    network.initGradientsView();
    Map<String, Integer> places = new HashMap<>();
    for (NetworkPart part : parts) {
      if (part.form() != NetworkPart.Form.PREPROCESSOR) {
        places.put(part.name(), places.size());
      }
    }
    return new Dl4jModel() {
      @Override
      public Model model() {
        return network;
      }

      @Override
      public Layer layer(NetworkPart part) {
        return network.getLayer(places.get(part.name()));
      }

      @Override
      public String json() {
        return network.getLayerWiseConfigurations().toJson();
      }
    };
  }

  private static Dl4jModel graph(
      List<NetworkPart> parts, List<Integer> inputShape, TrainingRequest request) {
    var network = new ComputationGraph(GraphConfiguration.of(parts, inputShape, request));
    network.init();
    network.initGradientsView();
    return new Dl4jModel() {
      @Override
      public Model model() {
        return network;
      }

      @Override
      public Layer layer(NetworkPart part) {
        return network.getLayer(part.name());
      }

      @Override
      public String json() {
        return network.getConfiguration().toJson();
      }
    };
  }
}
