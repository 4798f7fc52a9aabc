package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.request.Activation;
import java.util.List;
import java.util.Optional;

/** Keras' activations as ONNX operators. */
final class OnnxActivations {
  private OnnxActivations() {}

  /** Applies an activation to all values; softmax and similar ones over the last axis. */
  static String of(OnnxGraph graph, Activation activation, String x) {
    return switch (activation) {
      case LINEAR -> x;
      case RELU -> graph.node("Relu", List.of(x));
      case SIGMOID -> graph.node("Sigmoid", List.of(x));
      case TANH -> graph.node("Tanh", List.of(x));
      case SOFTMAX -> graph.node("Softmax", List.of(x), attribute("axis", -1));
      case LOG_SOFTMAX -> graph.node("LogSoftmax", List.of(x), attribute("axis", -1));
      case ELU -> graph.node("Elu", List.of(x), attribute("alpha", 1.0));
      case SELU -> graph.node("Selu", List.of(x));
      case CELU -> graph.node("Celu", List.of(x), attribute("alpha", 1.0));
      case SOFTPLUS -> graph.node("Softplus", List.of(x));
      case SOFTSIGN -> graph.node("Softsign", List.of(x));
      case HARD_SIGMOID -> hardSigmoid(graph, x, 1.0 / 6);
      case HARD_SIGMOID_KERAS2 -> hardSigmoid(graph, x, 0.2);
      case SWISH, SILU -> times(graph, x, graph.node("Sigmoid", List.of(x)));
      case GELU -> gelu(graph, x);
      case LEAKY_RELU -> graph.node("LeakyRelu", List.of(x), attribute("alpha", 0.2));
      case RELU6 -> clip(graph, x, 0, 6);
      case MISH -> times(graph, x, graph.node("Tanh", List.of(graph.node("Softplus", List.of(x)))));
      case EXPONENTIAL -> graph.node("Exp", List.of(x));
      case HARD_SILU, HARD_SWISH -> times(graph, x, hardSigmoid(graph, x, 1.0 / 6));
      case LOG_SIGMOID ->
          graph.node(
              "Neg", List.of(graph.node("Softplus", List.of(graph.node("Neg", List.of(x))))));
      case HARD_TANH -> clip(graph, x, -1, 1);
      case TANH_SHRINK -> graph.node("Sub", List.of(x, graph.node("Tanh", List.of(x))));
      case SOFT_SHRINK ->
          graph.node("Shrink", List.of(x), attribute("bias", 0.5), attribute("lambd", 0.5));
      case HARD_SHRINK ->
          graph.node("Shrink", List.of(x), attribute("bias", 0.0), attribute("lambd", 0.5));
      case SQUAREPLUS -> {
        String under = graph.node("Add", List.of(times(graph, x, x), graph.number(4)));
        String sum = graph.node("Add", List.of(x, graph.node("Sqrt", List.of(under))));
        yield times(graph, sum, graph.number(0.5));
      }
    };
  }

  /** Clips values to the limits. */
  static String clip(OnnxGraph graph, String x, double least, double most) {
    return graph.node("Clip", List.of(x, graph.number(least), graph.number(most)));
  }

  private static String hardSigmoid(OnnxGraph graph, String x, double slope) {
    return graph.node("HardSigmoid", List.of(x), attribute("alpha", slope), attribute("beta", 0.5));
  }

  private static String gelu(OnnxGraph graph, String x) {
    String erf = graph.node("Erf", List.of(times(graph, x, graph.number(Math.sqrt(0.5)))));
    String share = graph.node("Add", List.of(erf, graph.number(1)));
    return times(graph, times(graph, x, graph.number(0.5)), share);
  }

  private static String times(OnnxGraph graph, String a, String b) {
    return graph.node("Mul", List.of(a, b));
  }

  /**
   * An activation that recurrent operators take by name.
   *
   * @param alpha its first parameter; 0 without one
   * @param beta its second parameter; 0 without one
   */
  record Named(String name, float alpha, float beta) {}

  /** The name of an activation for recurrent operators; empty if they do not have it. */
  static Optional<Named> named(Activation activation) {
    return Optional.ofNullable(
        switch (activation) {
          case LINEAR -> new Named("Affine", 1, 0);
          case RELU -> new Named("Relu", 0, 0);
          case SIGMOID -> new Named("Sigmoid", 0, 0);
          case TANH -> new Named("Tanh", 0, 0);
          case HARD_SIGMOID -> new Named("HardSigmoid", 1f / 6, 0.5f);
          case HARD_SIGMOID_KERAS2 -> new Named("HardSigmoid", 0.2f, 0.5f);
          case ELU -> new Named("Elu", 1, 0);
          case SOFTSIGN -> new Named("Softsign", 0, 0);
          case SOFTPLUS -> new Named("Softplus", 0, 0);
          case LEAKY_RELU -> new Named("LeakyRelu", 0.2f, 0);
          default -> null;
        });
  }
}
