package io.millrace.trainer.dl4j.parts;

import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.Borders;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.Regularizer;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.trainer.dl4j.KerasLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A layer, or a part of one, in a single layer of Deeplearning4j's network. A layer that
 * Deeplearning4j has with Keras' meaning is Deeplearning4j's own, so that anyone with
 * Deeplearning4j can run it; every other layer is a {@link KerasLayer}. A layer whose activation
 * Deeplearning4j lacks is two parts.
 *
 * @param index index of the layer in the plan
 * @param name unique in the network
 * @param spec what the part computes
 * @param sources the parts whose outputs it takes, by their index among the parts; {@value
 *     PlacedLayer#INPUT} is the network's input
 * @param inputs the sample shapes of those outputs
 * @param output the sample shape of its own output
 * @param form who computes it
 * @param flattened the image's shape before a native Flatten in front of a Dense layer, whose
 *     weights are then in the order of channels, rows and columns; null elsewhere
 * @param trainable whether training changes its weights
 * @param activityRegularizer the penalty on its output; null for none
 * @param mask the layer whose mask of time steps it uses, by its index in the plan; null for none
 */
public record NetworkPart(
    int index,
    String name,
    LayerSpec spec,
    List<Integer> sources,
    List<List<Integer>> inputs,
    List<Integer> output,
    Form form,
    List<Integer> flattened,
    boolean trainable,
    Regularizer activityRegularizer,
    Integer mask) {
  public NetworkPart {
    sources = List.copyOf(sources);
    inputs = List.copyOf(inputs);
  }

  /** A single part as a {@link KerasLayer}. */
  public static NetworkPart alone(
      String name, LayerSpec spec, List<List<Integer>> inputs, List<Integer> output) {
    List<Integer> sources = Collections.nCopies(inputs.size(), PlacedLayer.INPUT);
    return new NetworkPart(
        0, name, spec, sources, inputs, output, Form.KERAS, null, true, null, null);
  }

  /** Who computes a part. */
  public enum Form {
    /** A Deeplearning4j layer. */
    NATIVE,
    /** Deeplearning4j's preprocessor of the next layer. */
    PREPROCESSOR,
    /** A {@link KerasLayer}. */
    KERAS
  }

  private NetworkPart with(Regularizer activityRegularizer) {
    return new NetworkPart(
        index,
        name,
        spec,
        sources,
        inputs,
        output,
        form,
        flattened,
        trainable,
        activityRegularizer,
        mask);
  }

  public boolean isKeras() {
    return form == Form.KERAS;
  }

  /** The sample shape of the input; of the first one if the part takes several. */
  public List<Integer> input() {
    return inputs.get(0);
  }

  /** Whether training changes weights of the part. */
  public boolean learns() {
    return Variable.of(this).stream().anyMatch(variable -> variable.weight().trainable());
  }

  /** Whether each part takes the output of the part before it, and nothing else. */
  public static boolean areChain(List<NetworkPart> parts) {
    return IntStream.range(0, parts.size())
        .allMatch(i -> parts.get(i).sources().equals(List.of(i - 1)));
  }

  /** The parts of a network, from input to output. */
  public static List<NetworkPart> of(NetworkPlan plan) {
    var parts = new ArrayList<NetworkPart>();
    List<Integer> masks = LayerMasks.applied(plan.layers());
    int[] last = new int[plan.layers().size()];
    for (int i = 0; i < plan.layers().size(); i++) {
      List<Integer> sources =
          plan.layers().get(i).inputs().stream()
              .map(layer -> layer == PlacedLayer.INPUT ? layer : (Integer) last[layer])
              .toList();
      new Split(plan, i, sources, masks.get(i), parts, parts.size()).add();
      last[i] = parts.size() - 1;
      parts.set(last[i], parts.get(last[i]).with(plan.layers().get(i).activityRegularizer()));
    }
    return parts;
  }

  /**
   * A layer of a plan that is being split into parts.
   *
   * @param sources the parts whose outputs the layer takes
   * @param mask the layer whose mask it uses; null for none
   * @param start the number of parts before the layer's own
   */
  private record Split(
      NetworkPlan plan,
      int index,
      List<Integer> sources,
      Integer mask,
      List<NetworkPart> parts,
      int start) {
    NetworkPlan.Layer layer() {
      return plan.layers().get(index);
    }

    void add() {
      add(layer().spec());
    }

    private void add(LayerSpec spec) {
      List<Integer> input = layer().inputShape();
      if (spec instanceof RecurrentSpec.TimeDistributed times) {
        add(times.layer());
      } else if (spec instanceof CoreSpec.Dense dense) {
        dense(dense, input);
      } else if (spec instanceof ConvolutionSpec.Conv2D conv) {
        convolution(conv, input);
      } else if (spec instanceof ReshapingSpec.Flatten) {
        put(
            spec,
            input,
            LayerExecution.flattensFreely(plan, index) ? Form.PREPROCESSOR : Form.KERAS);
      } else if (spec instanceof PoolingSpec.AveragePooling2D pool) {
        boolean gaps = hasGaps(pool.poolSize(), pool.strides(), pool.padding(), input);
        put(spec, input, gaps ? Form.KERAS : Form.NATIVE);
      } else if (spec instanceof MergingSpec merging) {
        boolean isNative = LayerExecution.joinsNatively(merging, layer().inputShapes());
        put(spec, input, isNative ? Form.NATIVE : Form.KERAS);
      } else {
        put(spec, input, mask == null && isNative(spec) ? Form.NATIVE : Form.KERAS);
      }
    }

    private static boolean isNative(LayerSpec spec) {
      if (spec instanceof RecurrentSpec.LSTM lstm) {
        return lstm.useBias()
            && lstm.dropout() == 0
            && lstm.recurrentDropout() == 0
            && !lstm.goBackwards()
            && lstm.activation() != Activation.HARD_SIGMOID
            && lstm.recurrentActivation() != Activation.HARD_SIGMOID
            && BuiltInActivations.has(lstm.activation())
            && BuiltInActivations.has(lstm.recurrentActivation());
      }
      return spec instanceof PoolingSpec.MaxPooling2D || LayerExecution.isNativeDropout(spec);
    }

    private void dense(CoreSpec.Dense dense, List<Integer> input) {
      boolean flat = input.size() == 1;
      boolean whole = !LayerExecution.activatesApart(layer());
      CoreSpec.Dense core = whole ? dense : linear(dense);
      if (input.size() == 3) {
        put(asConvolution(core), input, Form.NATIVE);
      } else {
        put(core, input, flat ? Form.NATIVE : Form.KERAS);
      }
      if (!whole) {
        activation(dense.activation());
      }
    }

    private void convolution(ConvolutionSpec.Conv2D conv, List<Integer> input) {
      boolean whole = !LayerExecution.activatesApart(layer());
      ConvolutionSpec.Conv2D core = whole ? conv : with(conv, conv.padding(), Activation.LINEAR);
      List<Integer> padded = input;
      if (hasGaps(conv.kernelSize(), conv.strides(), conv.padding(), input)) {
        Borders borders = borders(conv, input);
        padded =
            List.of(
                input.get(0) + borders.rows().rows() + borders.rows().columns(),
                input.get(1) + borders.columns().rows() + borders.columns().columns(),
                input.get(2));
        put(
            layer().summary().name() + "_padding",
            new ReshapingSpec.ZeroPadding2D(null, borders),
            input,
            padded,
            Form.KERAS);
        core = with(core, Padding.VALID, core.activation());
      }
      put(core, padded, Form.NATIVE);
      if (!whole) {
        activation(conv.activation());
      }
    }

    private void activation(Activation activation) {
      if (activation != Activation.LINEAR) {
        put(
            layer().summary().name() + "_activation",
            new ActivationSpec.ActivationLayer(null, activation),
            layer().outputShape(),
            layer().outputShape(),
            Form.KERAS);
      }
    }

    private void put(LayerSpec spec, List<Integer> input, Form form) {
      put(layer().summary().name(), spec, input, layer().outputShape(), form);
    }

    /** Adds a part after the layer's earlier ones. */
    private void put(
        String name, LayerSpec spec, List<Integer> input, List<Integer> output, Form form) {
      boolean isFirst = parts.size() == start;
      parts.add(
          new NetworkPart(
              index,
              name,
              spec,
              isFirst ? sources : List.of(parts.size() - 1),
              isFirst ? layer().inputShapes() : List.of(input),
              output,
              form,
              form == Form.KERAS ? null : flattened(),
              layer().trainable(),
              null,
              mask));
    }

    /** The shape of the image whose values are in the order of channels here. */
    private List<Integer> flattened() {
      int at = parts.size() == start ? sources.get(0) : parts.size() - 1;
      while (at != PlacedLayer.INPUT) {
        NetworkPart before = parts.get(at);
        if (before.form == Form.PREPROCESSOR && before.input().size() == 3) {
          return before.input();
        }
        if (!LayerExecution.isNativeDropout(before.spec)) {
          return null;
        }
        at = before.sources.get(0);
      }
      return null;
    }
  }

  /** Whether same padding has no border on a side: Deeplearning4j would make it negative. */
  private static boolean hasGaps(
      IntPair window, IntPair strides, Padding padding, List<Integer> input) {
    return padding == Padding.SAME
        && (gap(input.get(0), window.rows(), strides.rows())
            || gap(input.get(1), window.columns(), strides.columns()));
  }

  private static boolean gap(int size, int window, int stride) {
    return (size - 1) / stride * stride + window < size;
  }

  private static Borders borders(ConvolutionSpec.Conv2D conv, List<Integer> input) {
    return new Borders(
        border(input.get(0), conv.kernelSize().rows(), conv.strides().rows()),
        border(input.get(1), conv.kernelSize().columns(), conv.strides().columns()));
  }

  private static IntPair border(int size, int window, int stride) {
    int missing = Math.max(0, (size - 1) / stride * stride + window - size);
    return new IntPair(missing / 2, missing - missing / 2);
  }

  private static CoreSpec.Dense linear(CoreSpec.Dense dense) {
    return new CoreSpec.Dense(
        dense.name(),
        dense.units(),
        Activation.LINEAR,
        dense.useBias(),
        dense.kernelInitializer(),
        dense.biasInitializer(),
        dense.kernelRegularizer(),
        dense.biasRegularizer(),
        dense.kernelConstraint(),
        dense.biasConstraint());
  }

  /** A Dense layer over an image's channels is a convolution of size 1. */
  private static ConvolutionSpec.Conv2D asConvolution(CoreSpec.Dense dense) {
    return new ConvolutionSpec.Conv2D(
        dense.name(),
        dense.units(),
        IntPair.of(1),
        null,
        null,
        Activation.LINEAR,
        dense.useBias(),
        null,
        dense.kernelInitializer(),
        dense.biasInitializer(),
        dense.kernelRegularizer(),
        dense.biasRegularizer(),
        dense.kernelConstraint(),
        dense.biasConstraint());
  }

  private static ConvolutionSpec.Conv2D with(
      ConvolutionSpec.Conv2D conv, Padding padding, Activation activation) {
    return new ConvolutionSpec.Conv2D(
        conv.name(),
        conv.filters(),
        conv.kernelSize(),
        conv.strides(),
        padding,
        activation,
        conv.useBias(),
        conv.dilationRate(),
        conv.kernelInitializer(),
        conv.biasInitializer(),
        conv.kernelRegularizer(),
        conv.biasRegularizer(),
        conv.kernelConstraint(),
        conv.biasConstraint());
  }
}
