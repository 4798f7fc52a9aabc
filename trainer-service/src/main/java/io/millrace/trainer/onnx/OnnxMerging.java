package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.request.MergingSpec;
import java.util.List;

/** Keras' merging layers as ONNX operators. */
final class OnnxMerging {
  private static final String AXES = "ijkl";

  private OnnxMerging() {}

  /**
   * @param shapes the inputs' sample shapes
   * @param inputs batch first, in Keras' order of axes
   */
  static String of(
      OnnxGraph graph, MergingSpec spec, List<List<Integer>> shapes, List<String> inputs) {
    if (spec instanceof MergingSpec.Concatenate concatenate) {
      int axis = concatenate.axisOf(shapes.get(0)) + 1;
      return graph.node("Concat", inputs, attribute("axis", axis));
    }
    if (spec instanceof MergingSpec.Dot dot) {
      return dot(graph, dot, shapes, inputs);
    }
    if (spec instanceof MergingSpec.Add) {
      return graph.node("Sum", inputs);
    }
    if (spec instanceof MergingSpec.Average) {
      return graph.node("Mean", inputs);
    }
    if (spec instanceof MergingSpec.Maximum) {
      return graph.node("Max", inputs);
    }
    if (spec instanceof MergingSpec.Minimum) {
      return graph.node("Min", inputs);
    }
    String operator = spec instanceof MergingSpec.Subtract ? "Sub" : "Mul";
    String result = inputs.get(0);
    for (String input : inputs.subList(1, inputs.size())) {
      result = graph.node(operator, List.of(result, input));
    }
    return result;
  }

  /** The dot product as an Einstein sum: {@code bik,bjk->bij}. */
  private static String dot(
      OnnxGraph graph, MergingSpec.Dot dot, List<List<Integer>> shapes, List<String> inputs) {
    var first = new StringBuilder(AXES.substring(0, shapes.get(0).size()));
    int start = first.length();
    var second = new StringBuilder(AXES.substring(start, start + shapes.get(1).size()));
    first.setCharAt(dot.first(shapes.get(0)), 'z');
    second.setCharAt(dot.second(shapes.get(1)), 'z');
    String rest = (first.toString() + second).replace("z", "");
    String product =
        graph.node(
            "Einsum", inputs, attribute("equation", "b" + first + ",b" + second + "->b" + rest));
    return rest.isEmpty() ? graph.reshape(product, 1) : product;
  }
}
