package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.network.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import onnx.Onnx.AttributeProto;

/**
 * Recurrent layers as ONNX operators LSTM, GRU and RNN, or step by step if those do not have an
 * activation.
 */
final class OnnxRecurrent {
  /** Keras' gates i, f, c, o in ONNX's order: i, o, f, c. */
  private static final int[] LSTM_GATES = {0, 3, 1, 2};

  private static final int[] GRU_GATES = {0, 1, 2};
  private static final int[] NO_GATES = {0};

  private final OnnxGraph graph;
  private final Kind kind;
  private final int units;
  private final int features;
  private final Activation activation;
  private final Activation gates;
  private final boolean resetAfter;
  private final Weights kernel;
  private final Weights recurrent;
  private final Weights bias;

  private enum Kind {
    LSTM("LSTM", LSTM_GATES),
    GRU("GRU", GRU_GATES),
    RNN("RNN", NO_GATES);

    private final String operator;
    private final int[] order;

    Kind(String operator, int[] order) {
      this.operator = operator;
      this.order = order;
    }
  }

  private OnnxRecurrent(
      OnnxGraph graph,
      Kind kind,
      int units,
      int features,
      Activation activation,
      Activation gates,
      boolean resetAfter,
      boolean hasBias,
      WeightQueue weights) {
    this.graph = graph;
    this.kind = kind;
    this.units = units;
    this.features = features;
    this.activation = activation;
    this.gates = gates;
    this.resetAfter = resetAfter;
    kernel = weights.next();
    recurrent = weights.next();
    bias = hasBias ? weights.next() : null;
  }

  /**
   * The output of a recurrent layer.
   *
   * @param x {@code [batch, time, features]}
   * @param features number of features of {@code x}
   * @return {@code [batch, units]}, or {@code [batch, time, units]} in the order of reading
   */
  static String of(OnnxGraph graph, LayerSpec spec, String x, int features, WeightQueue weights) {
    boolean backwards =
        spec instanceof RecurrentSpec.LSTM lstm && lstm.goBackwards()
            || spec instanceof RecurrentSpec.GRU gru && gru.goBackwards()
            || spec instanceof RecurrentSpec.SimpleRNN rnn && rnn.goBackwards();
    return layer(graph, spec, features, weights).read(x, backwards, isSequence(spec), backwards);
  }

  /** The outputs of a layer in both directions, in the order of time. */
  static List<String> both(
      OnnxGraph graph, LayerSpec spec, String x, int features, WeightQueue weights) {
    boolean sequence = isSequence(spec);
    return List.of(
        layer(graph, spec, features, weights).read(x, false, sequence, false),
        layer(graph, spec, features, weights).read(x, true, sequence, false));
  }

  private static boolean isSequence(LayerSpec spec) {
    return spec instanceof RecurrentSpec.LSTM lstm && lstm.returnSequences()
        || spec instanceof RecurrentSpec.GRU gru && gru.returnSequences()
        || spec instanceof RecurrentSpec.SimpleRNN rnn && rnn.returnSequences();
  }

  private static OnnxRecurrent layer(
      OnnxGraph graph, LayerSpec spec, int features, WeightQueue weights) {
    if (spec instanceof RecurrentSpec.LSTM lstm) {
      return lstm(graph, lstm, features, weights);
    }
    return spec instanceof RecurrentSpec.GRU gru
        ? gru(graph, gru, features, weights)
        : rnn(graph, (RecurrentSpec.SimpleRNN) spec, features, weights);
  }

  private static OnnxRecurrent lstm(
      OnnxGraph graph, RecurrentSpec.LSTM lstm, int features, WeightQueue weights) {
    return new OnnxRecurrent(
        graph,
        Kind.LSTM,
        lstm.units(),
        features,
        lstm.activation(),
        lstm.recurrentActivation(),
        false,
        lstm.useBias(),
        weights);
  }

  private static OnnxRecurrent gru(
      OnnxGraph graph, RecurrentSpec.GRU gru, int features, WeightQueue weights) {
    return new OnnxRecurrent(
        graph,
        Kind.GRU,
        gru.units(),
        features,
        gru.activation(),
        gru.recurrentActivation(),
        gru.resetAfter(),
        gru.useBias(),
        weights);
  }

  private static OnnxRecurrent rnn(
      OnnxGraph graph, RecurrentSpec.SimpleRNN rnn, int features, WeightQueue weights) {
    return new OnnxRecurrent(
        graph,
        Kind.RNN,
        rnn.units(),
        features,
        rnn.activation(),
        Activation.LINEAR,
        false,
        rnn.useBias(),
        weights);
  }

  /**
   * @param backwards whether the series is read from its end
   * @param asRead whether the sequence stays in the order of reading
   */
  private String read(String x, boolean backwards, boolean sequence, boolean asRead) {
    String series = transposed(x);
    List<String> parts = named() ? byOperator(series, backwards) : byStep(series, backwards);
    if (!sequence) {
      return parts.get(1);
    }
    String all = parts.get(0);
    return transposed(backwards && asRead ? reversed(all) : all);
  }

  /** Swaps batch and time. */
  private String transposed(String x) {
    return graph.node("Transpose", List.of(x), attribute("perm", 1, 0, 2));
  }

  private String reversed(String series) {
    return graph.node(
        "Slice",
        List.of(
            series,
            graph.integers(-1),
            graph.integers(Integer.MIN_VALUE),
            graph.integers(0),
            graph.integers(-1)));
  }

  private boolean named() {
    return OnnxActivations.named(activation).isPresent()
        && OnnxActivations.named(gates).isPresent();
  }

  /** All outputs {@code [time, batch, units]} in the order of time, and the last one read. */
  private List<String> byOperator(String series, boolean backwards) {
    var functions = new ArrayList<OnnxActivations.Named>();
    if (kind != Kind.RNN) {
      functions.add(OnnxActivations.named(gates).orElseThrow());
    }
    functions.add(OnnxActivations.named(activation).orElseThrow());
    if (kind == Kind.LSTM) {
      functions.add(OnnxActivations.named(activation).orElseThrow());
    }
    float[] alpha = new float[functions.size()];
    float[] beta = new float[functions.size()];
    for (int i = 0; i < functions.size(); i++) {
      alpha[i] = functions.get(i).alpha();
      beta[i] = functions.get(i).beta();
    }
    var attributes = new ArrayList<AttributeProto>();
    attributes.add(attribute("hidden_size", units));
    attributes.add(attribute("direction", backwards ? "reverse" : "forward"));
    attributes.add(
        attribute("activations", functions.stream().map(OnnxActivations.Named::name).toList()));
    attributes.add(attribute("activation_alpha", alpha));
    attributes.add(attribute("activation_beta", beta));
    if (kind == Kind.GRU) {
      attributes.add(attribute("linear_before_reset", resetAfter ? 1 : 0));
    }
    int count = kind.order.length;
    var inputs = new ArrayList<String>();
    inputs.add(series);
    inputs.add(
        graph.weights(
            kernel.name(),
            List.of(1, count * units, features),
            () -> gateRows(kernel.values().get(), features)));
    inputs.add(
        graph.weights(
            recurrent.name(),
            List.of(1, count * units, units),
            () -> gateRows(recurrent.values().get(), units)));
    inputs.add(
        bias == null
            ? ""
            : graph.weights(bias.name(), List.of(1, 2 * count * units), this::biases));
    List<String> made =
        graph.nodes(kind.operator, inputs, 2, attributes.toArray(AttributeProto[]::new));
    // Both have an axis for directions, of size 1.
    return List.of(
        graph.node("Squeeze", List.of(made.get(0), graph.integers(1))),
        graph.node("Squeeze", List.of(made.get(1), graph.integers(0))));
  }

  /**
   * Keras' {@code [rows, gates · units]} as {@code [gates · units, rows]}, with the gates in ONNX's
   * order.
   */
  private float[] gateRows(float[] values, int rows) {
    int gateCount = kind.order.length;
    float[] turned = new float[values.length];
    for (int gate = 0; gate < gateCount; gate++) {
      for (int unit = 0; unit < units; unit++) {
        int from = kind.order[gate] * units + unit;
        int to = (gate * units + unit) * rows;
        for (int row = 0; row < rows; row++) {
          turned[to + row] = values[row * gateCount * units + from];
        }
      }
    }
    return turned;
  }

  /**
   * Biases of the inputs, then of the state. Keras has both for a GRU that resets after the
   * product.
   */
  private float[] biases() {
    int gateCount = kind.order.length;
    float[] values = bias.values().get();
    float[] both = new float[2 * gateCount * units];
    for (int half = 0; half * gateCount * units < values.length; half++) {
      for (int gate = 0; gate < gateCount; gate++) {
        System.arraycopy(
            values,
            (half * gateCount + kind.order[gate]) * units,
            both,
            (half * gateCount + gate) * units,
            units);
      }
    }
    return both;
  }

  /** The same outputs by the operator Scan, whose body is one step. */
  private List<String> byStep(String series, boolean backwards) {
    String batch = graph.node("Shape", List.of(series), attribute("start", 1), attribute("end", 2));
    String shape =
        graph.node("Concat", List.of(batch, graph.integers(units)), attribute("axis", 0));
    String zeros = graph.node("ConstantOfShape", List.of(shape));
    boolean hasCell = kind == Kind.LSTM;
    OnnxGraph body = graph.body();
    String state = body.bodyInput();
    String cell = hasCell ? body.bodyInput() : null;
    String x = body.bodyInput();
    String inputs = body.node("MatMul", List.of(x, asKeras(kernel, features)));
    switch (kind) {
      case LSTM -> lstmStep(body, inputs, state, cell);
      case GRU -> gruStep(body, inputs, state);
      case RNN -> rnnStep(body, inputs, state);
    }
    List<String> made =
        graph.nodes(
            "Scan",
            hasCell ? List.of(zeros, zeros, series) : List.of(zeros, series),
            hasCell ? 3 : 2,
            attribute("body", body),
            attribute("num_scan_inputs", 1),
            attribute("scan_input_directions", new int[] {backwards ? 1 : 0}),
            attribute("scan_output_directions", new int[] {backwards ? 1 : 0}));
    return List.of(made.get(made.size() - 1), made.get(0));
  }

  private String asKeras(Weights weights, int rows) {
    return graph.weights(
        weights.name(), List.of(rows, kind.order.length * units), weights.values());
  }

  private String bias(int half) {
    int count = kind.order.length * units;
    return half == 0 && !resetAfter
        ? graph.weights(bias.name(), List.of(count), bias.values())
        : graph.weights(
            bias.name() + "/" + half, List.of(count), slice(bias.values(), half * count, count));
  }

  private static Supplier<float[]> slice(Supplier<float[]> values, int from, int count) {
    return () -> Arrays.copyOfRange(values.get(), from, from + count);
  }

  private void lstmStep(OnnxGraph body, String inputs, String state, String cell) {
    String sums = add(body, inputs, body.node("MatMul", List.of(state, asKeras(recurrent, units))));
    if (bias != null) {
      sums = add(body, sums, bias(0));
    }
    List<String> parts = split(body, sums, 4);
    String in = OnnxActivations.of(body, gates, parts.get(0));
    String forget = OnnxActivations.of(body, gates, parts.get(1));
    String candidate = OnnxActivations.of(body, activation, parts.get(2));
    String out = OnnxActivations.of(body, gates, parts.get(3));
    String next = add(body, times(body, forget, cell), times(body, in, candidate));
    String output = times(body, out, OnnxActivations.of(body, activation, next));
    body.bodyOutput(output);
    body.bodyOutput(next);
    body.bodyOutput(output);
  }

  private void gruStep(OnnxGraph body, String inputs, String state) {
    String sums = bias == null ? inputs : add(body, inputs, bias(0));
    List<String> x = split(body, sums, 3);
    String weights = asKeras(recurrent, units);
    String update;
    String candidate;
    if (resetAfter) {
      String product = body.node("MatMul", List.of(state, weights));
      List<String> h = split(body, bias == null ? product : add(body, product, bias(1)), 3);
      update = OnnxActivations.of(body, gates, add(body, x.get(0), h.get(0)));
      String reset = OnnxActivations.of(body, gates, add(body, x.get(1), h.get(1)));
      candidate =
          OnnxActivations.of(body, activation, add(body, x.get(2), times(body, reset, h.get(2))));
    } else {
      List<String> columns = split(body, weights, 3);
      update =
          OnnxActivations.of(body, gates, add(body, x.get(0), product(body, state, columns, 0)));
      String reset =
          OnnxActivations.of(body, gates, add(body, x.get(1), product(body, state, columns, 1)));
      candidate =
          OnnxActivations.of(
              body,
              activation,
              add(body, x.get(2), product(body, times(body, reset, state), columns, 2)));
    }
    String rest = body.node("Sub", List.of(graph.number(1), update));
    String output = add(body, times(body, update, state), times(body, rest, candidate));
    body.bodyOutput(output);
    body.bodyOutput(output);
  }

  private static String product(OnnxGraph body, String state, List<String> columns, int gate) {
    return body.node("MatMul", List.of(state, columns.get(gate)));
  }

  private void rnnStep(OnnxGraph body, String inputs, String state) {
    String sum = add(body, inputs, body.node("MatMul", List.of(state, asKeras(recurrent, units))));
    String output =
        OnnxActivations.of(body, activation, bias == null ? sum : add(body, sum, bias(0)));
    body.bodyOutput(output);
    body.bodyOutput(output);
  }

  private List<String> split(OnnxGraph body, String x, int parts) {
    int[] sizes = new int[parts];
    Arrays.fill(sizes, units);
    return body.nodes("Split", List.of(x, graph.integers(sizes)), parts, attribute("axis", -1));
  }

  private static String add(OnnxGraph body, String a, String b) {
    return body.node("Add", List.of(a, b));
  }

  private static String times(OnnxGraph body, String a, String b) {
    return body.node("Mul", List.of(a, b));
  }
}
