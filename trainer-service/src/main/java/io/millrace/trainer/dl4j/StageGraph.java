package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.PlacedLayer;
import io.millrace.trainer.dl4j.layers.ActivityPenalty;
import io.millrace.trainer.dl4j.layers.MergeStage;
import io.millrace.trainer.dl4j.layers.Stage;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's stages, run from its input to its output and back. If several stages take one output,
 * each gets its own copy, because a stage may overwrite its input.
 */
final class StageGraph implements AutoCloseable {

  /**
   * A part of the network with its stage.
   *
   * @param stage null for a merging part
   * @param merge null for other parts
   * @param sources the nodes whose outputs the part takes; {@value PlacedLayer#INPUT} is the
   *     network's input
   * @param learns whether training changes weights of the part, or of a part before it
   * @param activity the penalty on the output; null for none
   */
  record Node(
      Stage stage,
      MergeStage merge,
      List<Integer> sources,
      boolean learns,
      ActivityPenalty activity) {}

  private final List<Node> nodes;

  /** How many nodes take each node's output; the last entry is the network's input. */
  private final int[] uses;

  StageGraph(List<Node> nodes) {
    this.nodes = List.copyOf(nodes);
    this.uses = new int[nodes.size() + 1];
    nodes.forEach(node -> node.sources().forEach(source -> uses[place(source)]++));
  }

  private int place(int source) {
    return source == PlacedLayer.INPUT ? nodes.size() : source;
  }

  /** The network's output. */
  INDArray forward(INDArray input, Stage.Pass pass) {
    INDArray[] values = new INDArray[nodes.size() + 1];
    values[nodes.size()] = input;
    int[] left = uses.clone();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      List<INDArray> inputs =
          node.sources().stream().map(source -> take(values, left, place(source))).toList();
      values[i] =
          node.merge() == null
              ? node.stage().forward(inputs.get(0), pass)
              : node.merge().forward(inputs);
      if (node.activity() != null) {
        node.activity().note(values[i]);
      }
    }
    return values[nodes.size() - 1];
  }

  /** An output for one of the nodes that take it: the last one gets the array itself. */
  private static INDArray take(INDArray[] values, int[] left, int source) {
    INDArray value = values[source];
    if (--left[source] > 0) {
      return value.dup('c');
    }
    values[source] = null;
    return value;
  }

  /**
   * Writes the gradients of all trained parameters.
   *
   * @param epsilon the loss's gradient with respect to the network's output
   * @param beforeActivation whether it is the gradient with respect to the input of the last
   *     activation, which may be a Dense layer's or a layer of its own
   * @return the gradient with respect to the network's input; null if it is not needed
   */
  INDArray backward(INDArray epsilon, boolean beforeActivation) {
    INDArray[] gradients = new INDArray[nodes.size() + 1];
    int last = nodes.size() - 1;
    if (beforeActivation) {
      Node end = nodes.get(last);
      add(gradients, place(end.sources().get(0)), end.stage().backwardLinear(epsilon));
      last--;
    } else {
      gradients[last] = epsilon;
    }
    for (int i = last; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.learns() && node.activity() != null) {
        add(gradients, i, node.activity().gradient());
      }
      if (gradients[i] == null || !node.learns()) {
        continue;
      }
      List<INDArray> ofInputs =
          node.merge() == null
              ? Arrays.asList(node.stage().backward(gradients[i]))
              : node.merge().backward(gradients[i]);
      gradients[i] = null;
      for (int input = 0; input < ofInputs.size(); input++) {
        add(gradients, place(node.sources().get(input)), ofInputs.get(input));
      }
    }
    return gradients[nodes.size()];
  }

  private static void add(INDArray[] gradients, int source, INDArray gradient) {
    if (gradient != null) {
      gradients[source] = gradients[source] == null ? gradient : gradients[source].addi(gradient);
    }
  }

  /** The sum of the penalties on outputs in the last forward pass. */
  double penalty() {
    return nodes.stream()
        .filter(node -> node.activity() != null)
        .mapToDouble(node -> node.activity().value())
        .sum();
  }

  /** Drops the state of the last pass. */
  void clear() {
    for (Node node : nodes) {
      if (node.activity() != null) {
        node.activity().clear();
      }
      if (node.merge() == null) {
        node.stage().clear();
      } else {
        node.merge().clear();
      }
    }
  }

  @Override
  public void close() {
    for (Node node : nodes) {
      if (node.stage() != null) {
        node.stage().close();
      }
    }
  }
}
