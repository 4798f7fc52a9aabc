package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
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
                + " are more than "
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
          field, activation.json() + " is not there for " + layer.type());
    }
  }

  /**
   * Long short-term memory (Hochreiter and Schmidhuber 1997): {@code [batch, time, features]} to
   * {@code [batch, units]}, or {@code [batch, time, units]} with {@code return_sequences}.
   *
   * @param units 1..8,192: outputs
   * @param returnSequences whether every time's output is passed on, or the last one's; default
   *     false
   * @param activation default {@code tanh}
   * @param recurrentActivation of the gates; default {@code sigmoid}
   * @param useBias whether biases are added; default true
   * @param unitForgetBias whether the forget gate's biases start at 1; default true
   * @param dropout the share of the inputs that is dropped, the same ones at all times, 0 ≤ rate
   *     &lt; 1; default 0
   * @param recurrentDropout the share of the state that is dropped on its way into each gate, the
   *     same units at all times, 0 ≤ rate &lt; 1; default 0
   * @param goBackwards whether the series is read from its end; sequences come out in the order of
   *     reading; default false
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param recurrentInitializer how recurrent weights start; default {@code orthogonal}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param recurrentRegularizer the penalty on recurrent weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param recurrentConstraint what recurrent weights are brought back to after every step; default
   *     none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("LSTM")
  record LSTM(
      String name,
      Integer units,
      Boolean returnSequences,
      Activation activation,
      Activation recurrentActivation,
      Boolean useBias,
      Boolean unitForgetBias,
      Double dropout,
      Double recurrentDropout,
      Boolean goBackwards,
      Initializer kernelInitializer,
      Initializer recurrentInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer recurrentRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint recurrentConstraint,
      Constraint biasConstraint)
      implements Cell {
    public LSTM {
      LayerFields.name(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      recurrentActivation = Check.orElse(recurrentActivation, Activation.SIGMOID);
      useBias = Check.orElse(useBias, true);
      unitForgetBias = Check.orElse(unitForgetBias, true);
      dropout = LayerFields.dropout(dropout);
      recurrentDropout = LayerFields.recurrentDropout(recurrentDropout);
      goBackwards = Check.orElse(goBackwards, false);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      recurrentInitializer = Check.orElse(recurrentInitializer, Initializer.ORTHOGONAL);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
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
   *
   * @param units 1..8,192: outputs
   * @param returnSequences whether every time's output is passed on, or the last one's; default
   *     false
   * @param activation default {@code tanh}
   * @param recurrentActivation of the gates; default {@code sigmoid}
   * @param useBias whether biases are added; default true
   * @param dropout the share of the inputs that is dropped, the same ones at all times, 0 ≤ rate
   *     &lt; 1; default 0
   * @param recurrentDropout the share of the state that is dropped on its way into each gate, the
   *     same units at all times, 0 ≤ rate &lt; 1; default 0
   * @param goBackwards whether the series is read from its end; sequences come out in the order of
   *     reading; default false
   * @param resetAfter whether the reset gate acts after the product with the recurrent weights, as
   *     cuDNN does; default true
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param recurrentInitializer how recurrent weights start; default {@code orthogonal}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param recurrentRegularizer the penalty on recurrent weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param recurrentConstraint what recurrent weights are brought back to after every step; default
   *     none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("GRU")
  record GRU(
      String name,
      Integer units,
      Boolean returnSequences,
      Activation activation,
      Activation recurrentActivation,
      Boolean useBias,
      Double dropout,
      Double recurrentDropout,
      Boolean goBackwards,
      Boolean resetAfter,
      Initializer kernelInitializer,
      Initializer recurrentInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer recurrentRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint recurrentConstraint,
      Constraint biasConstraint)
      implements Cell {
    public GRU {
      LayerFields.name(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      recurrentActivation = Check.orElse(recurrentActivation, Activation.SIGMOID);
      useBias = Check.orElse(useBias, true);
      dropout = LayerFields.dropout(dropout);
      recurrentDropout = LayerFields.recurrentDropout(recurrentDropout);
      goBackwards = Check.orElse(goBackwards, false);
      resetAfter = Check.orElse(resetAfter, true);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      recurrentInitializer = Check.orElse(recurrentInitializer, Initializer.ORTHOGONAL);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
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
   * {@code activation(x W + h U + b)} at every time: {@code [batch, time, features]} to {@code
   * [batch, units]}, or {@code [batch, time, units]} with {@code return_sequences}.
   *
   * @param units 1..8,192: outputs
   * @param returnSequences whether every time's output is passed on, or the last one's; default
   *     false
   * @param activation default {@code tanh}
   * @param useBias whether biases are added; default true
   * @param dropout the share of the inputs that is dropped, the same ones at all times, 0 ≤ rate
   *     &lt; 1; default 0
   * @param recurrentDropout the share of the state that is dropped on its way into each gate, the
   *     same units at all times, 0 ≤ rate &lt; 1; default 0
   * @param goBackwards whether the series is read from its end; sequences come out in the order of
   *     reading; default false
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param recurrentInitializer how recurrent weights start; default {@code orthogonal}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param recurrentRegularizer the penalty on recurrent weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param recurrentConstraint what recurrent weights are brought back to after every step; default
   *     none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("SimpleRNN")
  record SimpleRNN(
      String name,
      Integer units,
      Boolean returnSequences,
      Activation activation,
      Boolean useBias,
      Double dropout,
      Double recurrentDropout,
      Boolean goBackwards,
      Initializer kernelInitializer,
      Initializer recurrentInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer recurrentRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint recurrentConstraint,
      Constraint biasConstraint)
      implements Cell {
    public SimpleRNN {
      LayerFields.name(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      useBias = Check.orElse(useBias, true);
      dropout = LayerFields.dropout(dropout);
      recurrentDropout = LayerFields.recurrentDropout(recurrentDropout);
      goBackwards = Check.orElse(goBackwards, false);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      recurrentInitializer = Check.orElse(recurrentInitializer, Initializer.ORTHOGONAL);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
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
   * A recurrent layer in both directions, each with weights of its own (Schuster and Paliwal 1997).
   *
   * @param layer LSTM, GRU or SimpleRNN
   * @param mergeMode how the two outputs become one; default {@code concat}
   */
  @JsonTypeName("Bidirectional")
  record Bidirectional(String name, LayerSpec layer, MergeMode mergeMode) implements RecurrentSpec {
    public Bidirectional {
      LayerFields.name(name);
      mergeMode = Check.orElse(mergeMode, MergeMode.CONCAT);
      Check.required("layer", layer);
      if (!(layer instanceof Cell cell)) {
        throw new InvalidMessageException(
            "layer", layer.type() + " is not recurrent; give LSTM, GRU or SimpleRNN");
      }
      if (cell.goBackwards()) {
        throw new InvalidMessageException(
            "layer.go_backwards", "is true; give a layer that reads forwards, as Keras demands");
      }
    }

    /** The layer that is there in both directions. */
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

  /**
   * A layer at every time of a series: Dense, or an activation.
   *
   * @param layer dense, Activation, LeakyReLU, ReLU, ELU or Softmax; other layers take a series as
   *     it is, or no single time of it
   */
  @JsonTypeName("TimeDistributed")
  record TimeDistributed(String name, LayerSpec layer) implements RecurrentSpec {
    public TimeDistributed {
      LayerFields.name(name);
      Check.required("layer", layer);
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
                + " is not supported at every time; give Dense, Activation, LeakyReLU, ReLU, ELU or"
                + " Softmax");
      }
      return layer.outputShape(input);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return layer.weights(input).stream().map(weight -> weight.inner("")).toList();
    }
  }
}
