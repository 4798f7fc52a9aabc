package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ScoreMode;
import io.millrace.trainer.network.Weights;
import java.util.List;

/** Keras' attention layers as ONNX operators; a series is query, value and key at once. */
final class OnnxAttention {
  /** The permutation of {@code [batch, time, heads, width]} that puts the heads first. */
  private static final int[] HEADS_FIRST = {0, 2, 1, 3};

  /** The same permutation, with the keys' time last. */
  private static final int[] TIMES_LAST = {0, 2, 3, 1};

  private final OnnxGraph graph;
  private final WeightQueue weights;

  private OnnxAttention(OnnxGraph graph, WeightQueue weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /**
   * @param input the series' shape
   * @return the output's name
   */
  static String of(
      OnnxGraph graph, AttentionSpec spec, List<Integer> input, String x, WeightQueue weights) {
    var attention = new OnnxAttention(graph, weights);
    return spec instanceof AttentionSpec.MultiHeadAttention heads
        ? attention.multiHead(heads, input, x)
        : attention.plain((AttentionSpec.Attention) spec, input, x);
  }

  private String node(String type, String... inputs) {
    return graph.node(type, List.of(inputs));
  }

  private String transpose(String x, int... order) {
    return graph.node("Transpose", List.of(x), attribute("perm", order));
  }

  private String variable(Integer... shape) {
    Weights variable = weights.next();
    return graph.weights(variable.name(), List.of(shape), variable.values());
  }

  private String plain(AttentionSpec.Attention spec, List<Integer> input, String x) {
    String scale = spec.useScale() ? variable() : null;
    String scores =
        spec.scoreMode() == ScoreMode.DOT
            ? scaled(node("MatMul", x, transpose(x, 0, 2, 1)), scale)
            : concat(input, x, scale);
    return node("MatMul", softmax(scores), x);
  }

  private String concat(List<Integer> input, String x, String scale) {
    String queries = graph.reshape(x, input.get(0), 1, input.get(1));
    String keys = graph.reshape(x, 1, input.get(0), input.get(1));
    String tangents = node("Tanh", scaled(node("Add", queries, keys), scale));
    String sums =
        graph.node("ReduceSum", List.of(tangents, graph.integers(-1)), attribute("keepdims", 0));
    return node("Mul", sums, variable());
  }

  private String scaled(String x, String scale) {
    return scale == null ? x : node("Mul", x, scale);
  }

  private String softmax(String scores) {
    return graph.node("Softmax", List.of(scores), attribute("axis", -1));
  }

  private String multiHead(AttentionSpec.MultiHeadAttention spec, List<Integer> input, String x) {
    int heads = spec.numHeads();
    String queries = heads(x, spec, input, spec.keyDim());
    String keys = heads(x, spec, input, spec.keyDim());
    String values = heads(x, spec, input, spec.valueDim());
    String scaled =
        node("Mul", transpose(queries, HEADS_FIRST), graph.number(1 / Math.sqrt(spec.keyDim())));
    String scores = node("MatMul", scaled, transpose(keys, TIMES_LAST));
    String means = node("MatMul", softmax(scores), transpose(values, HEADS_FIRST));
    String together =
        graph.reshape(transpose(means, HEADS_FIRST), input.get(0), heads * spec.valueDim());
    return projected(together, spec, heads * spec.valueDim(), input.get(1));
  }

  /** A projection as {@code [batch, time, heads, width]}. */
  private String heads(
      String x, AttentionSpec.MultiHeadAttention spec, List<Integer> input, int width) {
    String projected = projected(x, spec, input.get(1), spec.numHeads() * width);
    return graph.reshape(projected, input.get(0), spec.numHeads(), width);
  }

  private String projected(
      String x, AttentionSpec.MultiHeadAttention spec, int inputs, int outputs) {
    String product = node("MatMul", x, variable(inputs, outputs));
    return spec.useBias() ? node("Add", product, variable(outputs)) : product;
  }
}
