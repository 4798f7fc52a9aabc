package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Recurrent layers over series, and the layers that wrap others.
 *
 * @see <a href="https://keras.io/api/layers/recurrent_layers/">Keras' layers of this family</a>
 */
public sealed interface RecurrentSpec extends LayerSpec {

  /** Orthogonal weights take time with the third power of the units: minutes at this many. */
  int MAX_UNITS = 2_048;

  /**
   * Activations whose slope follows from their value, which is all that a recurrent layer keeps.
   */
  Set<Activation> ACTIVATIONS =
      Collections.unmodifiableSet(
          EnumSet.of(
              Activation.LINEAR,
              Activation.RELU,
              Activation.SIGMOID,
              Activation.TANH,
              Activation.ELU,
              Activation.SELU,
              Activation.SOFTPLUS,
              Activation.SOFTSIGN,
              Activation.HARD_SIGMOID,
              Activation.HARD_SIGMOID_KERAS2,
              Activation.LEAKY_RELU,
              Activation.RELU6,
              Activation.EXPONENTIAL,
              Activation.CELU,
              Activation.HARD_TANH));

  /** A layer that goes through a series and remembers: LSTM, GRU or SimpleRNN. */
  sealed interface Cell extends RecurrentSpec {
    /** Outputs. */
    Integer units();

    /** Whether every time's output is passed on, or the last one's. */
    Boolean returnSequences();

    /** Of the outputs. */
    Activation activation();

    /** The share of the inputs that is dropped. */
    Double dropout();

    /** The share of the state that is dropped on its way into the gates. */
    Double recurrentDropout();

    /** Whether the series is read from its end. */
    Boolean goBackwards();

    @Override
    default List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      if (units() > MAX_UNITS) {
        throw new InvalidMessageException(
            "units",
            units()
                + " is more than "
                + (this instanceof LSTM ? "an " : "a ")
                + type()
                + " may have here; give 1.."
                + MAX_UNITS);
      }
      checkActivation("activation", this, activation());
      return returnSequences() ? List.of(input.get(0), units()) : List.of(units());
    }
  }

  private static void checkActivation(String field, LayerSpec layer, Activation activation) {
    if (!ACTIVATIONS.contains(activation)) {
      throw new InvalidMessageException(
          field,
          activation.json()
              + " is not supported for "
              + layer.type()
              + "; give one such as tanh or relu");
    }
  }

  /**
   * Long short-term memory (Hochreiter and Schmidhuber 1997): {@code [batch, time, features]} to
   * {@code [batch, units]}, or {@code [batch, time, units]} with {@code return_sequences}.
   */
  @JsonTypeName("LSTM")
  record LSTM(
      String name,
      @Describe("Number of outputs.") @Range(min = 1, max = 8_192) @Required Integer units,
      @Describe("true: the outputs of all time steps; false: the output of the last one.")
          @Default("false")
          Boolean returnSequences,
      @Describe("Activation function.") @Default("tanh") Activation activation,
      @Describe("Activation function of the gates.") @Default("sigmoid")
          Activation recurrentActivation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Whether the biases of the forget gate start at 1.") @Default("true")
          Boolean unitForgetBias,
      @Describe("Share of the inputs dropped in training, the same ones at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double dropout,
      @Describe(
              "Share of the state dropped in training on its way into each gate, the same units"
                  + " at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double recurrentDropout,
      @Describe(
              "Whether the series is read from its end; sequences are returned in the order of"
                  + " reading.")
          @Default("false")
          Boolean goBackwards,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial recurrent weights.") @Default("orthogonal")
          Initializer recurrentInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the recurrent weights. Default: none.")
          Regularizer recurrentRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the recurrent weights, applied after every step. Default: none.")
          Constraint recurrentConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements Cell {
    private static final FieldRules RULES = FieldRules.of(LSTM.class);

    public LSTM {
      RULES.check("name", name);
      units = RULES.check("units", units);
      returnSequences = RULES.check("return_sequences", returnSequences);
      activation = RULES.check("activation", activation);
      recurrentActivation = RULES.check("recurrent_activation", recurrentActivation);
      useBias = RULES.check("use_bias", useBias);
      unitForgetBias = RULES.check("unit_forget_bias", unitForgetBias);
      dropout = RULES.check("dropout", dropout);
      recurrentDropout = RULES.check("recurrent_dropout", recurrentDropout);
      goBackwards = RULES.check("go_backwards", goBackwards);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      recurrentInitializer = RULES.check("recurrent_initializer", recurrentInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
    }

    /** With biases, and without dropout, regularization and constraints. */
    public LSTM(
        String name,
        Integer units,
        Boolean returnSequences,
        Activation activation,
        Activation recurrentActivation) {
      this(
          name,
          units,
          returnSequences,
          activation,
          recurrentActivation,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      checkActivation("recurrent_activation", this, recurrentActivation);
      return Cell.super.outputShape(input);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int width = 4 * units;
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(input.get(1), width),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          new LayerWeight(
              "recurrent_kernel",
              "recurrent",
              List.of(units, width),
              recurrentInitializer,
              recurrentRegularizer,
              recurrentConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(width), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }

  /**
   * Gated recurrent units (Cho et al. 2014): {@code [batch, time, features]} to {@code [batch,
   * units]}, or {@code [batch, time, units]} with {@code return_sequences}.
   */
  @JsonTypeName("GRU")
  record GRU(
      String name,
      @Describe("Number of outputs.") @Range(min = 1, max = 8_192) @Required Integer units,
      @Describe("true: the outputs of all time steps; false: the output of the last one.")
          @Default("false")
          Boolean returnSequences,
      @Describe("Activation function.") @Default("tanh") Activation activation,
      @Describe("Activation function of the gates.") @Default("sigmoid")
          Activation recurrentActivation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Share of the inputs dropped in training, the same ones at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double dropout,
      @Describe(
              "Share of the state dropped in training on its way into each gate, the same units"
                  + " at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double recurrentDropout,
      @Describe(
              "Whether the series is read from its end; sequences are returned in the order of"
                  + " reading.")
          @Default("false")
          Boolean goBackwards,
      @Describe(
              "Whether the reset gate is applied after the product with the recurrent weights,"
                  + " as in cuDNN.")
          @Default("true")
          Boolean resetAfter,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial recurrent weights.") @Default("orthogonal")
          Initializer recurrentInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the recurrent weights. Default: none.")
          Regularizer recurrentRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the recurrent weights, applied after every step. Default: none.")
          Constraint recurrentConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements Cell {
    private static final FieldRules RULES = FieldRules.of(GRU.class);

    public GRU {
      RULES.check("name", name);
      units = RULES.check("units", units);
      returnSequences = RULES.check("return_sequences", returnSequences);
      activation = RULES.check("activation", activation);
      recurrentActivation = RULES.check("recurrent_activation", recurrentActivation);
      useBias = RULES.check("use_bias", useBias);
      dropout = RULES.check("dropout", dropout);
      recurrentDropout = RULES.check("recurrent_dropout", recurrentDropout);
      goBackwards = RULES.check("go_backwards", goBackwards);
      resetAfter = RULES.check("reset_after", resetAfter);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      recurrentInitializer = RULES.check("recurrent_initializer", recurrentInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      checkActivation("recurrent_activation", this, recurrentActivation);
      return Cell.super.outputShape(input);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int width = 3 * units;
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(input.get(1), width),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          new LayerWeight(
              "recurrent_kernel",
              "recurrent",
              List.of(units, width),
              recurrentInitializer,
              recurrentRegularizer,
              recurrentConstraint),
          useBias
              ? new LayerWeight(
                  "bias",
                  resetAfter ? List.of(2, width) : List.of(width),
                  biasInitializer,
                  biasRegularizer,
                  biasConstraint)
              : null);
    }
  }

  /**
   * activation(x W + h U + b) at every time step: [batch, time, features] to [batch, units], or
   * [batch, time, units] with {@code return_sequences}.
   */
  @JsonTypeName("SimpleRNN")
  record SimpleRNN(
      String name,
      @Describe("Number of outputs.") @Range(min = 1, max = 8_192) @Required Integer units,
      @Describe("true: the outputs of all time steps; false: the output of the last one.")
          @Default("false")
          Boolean returnSequences,
      @Describe("Activation function.") @Default("tanh") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Share of the inputs dropped in training, the same ones at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double dropout,
      @Describe(
              "Share of the state dropped in training on its way into each gate, the same units"
                  + " at all time steps.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double recurrentDropout,
      @Describe(
              "Whether the series is read from its end; sequences are returned in the order of"
                  + " reading.")
          @Default("false")
          Boolean goBackwards,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial recurrent weights.") @Default("orthogonal")
          Initializer recurrentInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the recurrent weights. Default: none.")
          Regularizer recurrentRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the recurrent weights, applied after every step. Default: none.")
          Constraint recurrentConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements Cell {
    private static final FieldRules RULES = FieldRules.of(SimpleRNN.class);

    public SimpleRNN {
      RULES.check("name", name);
      units = RULES.check("units", units);
      returnSequences = RULES.check("return_sequences", returnSequences);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      dropout = RULES.check("dropout", dropout);
      recurrentDropout = RULES.check("recurrent_dropout", recurrentDropout);
      goBackwards = RULES.check("go_backwards", goBackwards);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      recurrentInitializer = RULES.check("recurrent_initializer", recurrentInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(input.get(1), units),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          new LayerWeight(
              "recurrent_kernel",
              "recurrent",
              List.of(units, units),
              recurrentInitializer,
              recurrentRegularizer,
              recurrentConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(units), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }

  /**
   * A recurrent layer in both directions, each with its own weights (Schuster and Paliwal 1997).
   */
  @JsonTypeName("Bidirectional")
  record Bidirectional(
      String name,
      @Describe("LSTM, GRU or SimpleRNN.") @Required LayerSpec layer,
      @Describe("How the two outputs are merged.") @Default("concat") MergeMode mergeMode)
      implements RecurrentSpec {
    private static final FieldRules RULES = FieldRules.of(Bidirectional.class);

    public Bidirectional {
      RULES.check("name", name);
      mergeMode = RULES.check("merge_mode", mergeMode);
      layer = RULES.check("layer", layer);
      if (!(layer instanceof Cell cell)) {
        throw new InvalidMessageException(
            "layer", layer.type() + " is not recurrent; give LSTM, GRU or SimpleRNN");
      }
      if (cell.goBackwards()) {
        throw new InvalidMessageException(
            "layer.go_backwards", "true is not supported, as in Keras; give false");
      }
    }

    /** The layer of both directions. */
    public Cell cell() {
      return (Cell) layer;
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      try {
        List<Integer> one = layer.outputShape(input);
        int last = Shapes.last(one);
        return Shapes.withLast(one, mergeMode == MergeMode.CONCAT ? 2 * last : last);
      } catch (InvalidMessageException e) {
        throw e.within("layer");
      }
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      List<LayerWeight> one = layer.weights(input);
      return Stream.of("forward_", "backward_")
          .flatMap(prefix -> one.stream().map(weight -> weight.inner(prefix)))
          .toList();
    }
  }

  /** A layer applied to every time step of a series: Dense, or an activation. */
  @JsonTypeName("TimeDistributed")
  record TimeDistributed(
      String name,
      @Describe(
              "Dense, Activation, LeakyReLU, ReLU, ELU or Softmax; other layers take a whole"
                  + " series, or cannot take a single time step.")
          @Required
          LayerSpec layer)
      implements RecurrentSpec {
    private static final FieldRules RULES = FieldRules.of(TimeDistributed.class);

    public TimeDistributed {
      RULES.check("name", name);
      layer = RULES.check("layer", layer);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      boolean taken =
          layer instanceof CoreSpec.Dense
              || layer instanceof ActivationSpec && !(layer instanceof ActivationSpec.PReLU);
      if (!taken) {
        throw new InvalidMessageException(
            "layer",
            layer.type()
                + " is not supported in TimeDistributed; give Dense, Activation, LeakyReLU, ReLU,"
                + " ELU or Softmax");
      }
      return layer.outputShape(input);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return layer.weights(input).stream().map(weight -> weight.inner("")).toList();
    }
  }
}
