package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.DepthwiseConvolutionStage.Weights;
import io.millrace.trainer.dl4j.DepthwiseConvolutionStage.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The stages of {@link KerasLayer}s, which work on memory of the process. */
final class KerasStages {

  /**
   * What a stage works with.
   *
   * @param parameters by Keras' names
   * @param gradients likewise; null where none are made
   * @param seed of the network and the layer together
   * @param first whether no stage before it needs a gradient
   */
  record Setting(
      Map<String, INDArray> parameters, Map<String, INDArray> gradients, long seed, boolean first) {

    INDArray gradient(String name) {
      return gradients == null ? null : gradients.get(name);
    }

    Weights weights(String kernel, boolean biases) {
      return new Weights(
          parameters.get(kernel),
          gradient(kernel),
          biases ? parameters.get("bias") : null,
          biases ? gradient("bias") : null);
    }
  }

  private KerasStages() {}

  /** The stage of a part in {@link Part.Form#KERAS} form. */
  static Stage of(Part part, Setting setting) {
    LayerSpec spec = part.spec();
    Stage plain = withoutParameters(part, setting);
    if (plain != null) {
      return plain;
    }
    if (spec instanceof NormalizationSpec.BatchNormalization norm) {
      return new BatchNormalizationStage(
          norm, setting.parameters, setting.gradients, setting.first);
    }
    if (spec instanceof NormalizationSpec.LayerNormalization norm) {
      return new LayerNormalizationStage(
          norm, setting.parameters, setting.gradients, setting.first);
    }
    if (spec instanceof CoreSpec.Dense dense) {
      return dense(dense, part, setting);
    }
    if (spec instanceof ConvolutionSpec.Conv1D conv) {
      Stage core =
          new SeriesConvolutionStage(conv, setting.parameters, setting.gradients, setting.first);
      return activated(core, conv.activation());
    }
    if (spec instanceof ConvolutionSpec.DepthwiseConv2D conv) {
      Window window =
          new Window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding());
      Weights weights = setting.weights("kernel", true);
      Stage core =
          new DepthwiseConvolutionStage(
              window, part.input(), part.output(), weights, setting.first);
      return activated(core, conv.activation());
    }
    if (spec instanceof ConvolutionSpec.SeparableConv2D conv) {
      return separable(conv, part, setting);
    }
    if (spec instanceof RecurrentSpec.Bidirectional both) {
      return bidirectional(both, setting);
    }
    return recurrent(spec, setting, "");
  }

  private static Stage withoutParameters(Part part, Setting setting) {
    LayerSpec spec = part.spec();
    if (spec instanceof ActivationSpec.ActivationLayer layer) {
      return activation(layer.activation());
    }
    if (spec instanceof ActivationSpec.LeakyReLU relu) {
      return ActivationStage.of(Curve.leaky(relu.negativeSlope()));
    }
    if (spec instanceof ActivationSpec.ReLU relu) {
      return ActivationStage.of(Curve.of(relu));
    }
    if (spec instanceof ActivationSpec.ELU elu) {
      return ActivationStage.of(Curve.elu(elu.alpha()));
    }
    if (spec instanceof ActivationSpec.Softmax) {
      return ActivationStage.softmax();
    }
    Stage noise = NoiseStage.of(spec, setting.seed, setting.first);
    if (noise != null) {
      return noise;
    }
    Stage pooling = PoolingStage.of(part, setting.first);
    return pooling != null ? pooling : GatherStage.of(part, setting.first);
  }

  private static Stage activation(Activation activation) {
    return switch (activation) {
      case SOFTMAX -> ActivationStage.softmax();
      case LOG_SOFTMAX -> ActivationStage.logSoftmax();
      default -> ActivationStage.of(Curve.of(activation));
    };
  }

  private static Stage activated(Stage core, Activation activation) {
    return activation == Activation.LINEAR
        ? core
        : ChainStage.of(List.of(core, activation(activation)));
  }

  private static Stage dense(CoreSpec.Dense dense, Part part, Setting setting) {
    int inputs = part.input().get(part.input().size() - 1);
    Map<String, INDArray> parameters = matrices(setting.parameters, inputs, dense.units());
    Map<String, INDArray> gradients =
        setting.gradients == null ? Map.of() : matrices(setting.gradients, inputs, dense.units());
    IActivation activation =
        dense.activation() == Activation.LINEAR
            ? new ActivationIdentity()
            : NetworkConfiguration.activation(dense.activation());
    return new SequenceStage(new DenseStage(parameters, gradients, activation, setting.first));
  }

  private static Map<String, INDArray> matrices(Map<String, INDArray> rows, int inputs, int units) {
    Map<String, INDArray> matrices = new HashMap<>();
    matrices.put(
        DefaultParamInitializer.WEIGHT_KEY, rows.get("kernel").reshape('f', inputs, units));
    if (rows.containsKey("bias")) {
      matrices.put(DefaultParamInitializer.BIAS_KEY, rows.get("bias"));
    }
    return matrices;
  }

  private static Stage separable(ConvolutionSpec.SeparableConv2D conv, Part part, Setting setting) {
    int between = part.input().get(2) * conv.depthMultiplier();
    List<Integer> middle = List.of(part.output().get(0), part.output().get(1), between);
    Window window =
        new Window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding());
    Weights depthwise = setting.weights("depthwise_kernel", false);
    Weights pointwise = setting.weights("pointwise_kernel", true);
    Stage core =
        ChainStage.of(
            List.of(
                new DepthwiseConvolutionStage(
                    window, part.input(), middle, depthwise, setting.first),
                new PointwiseConvolutionStage(pointwise, between, conv.filters())));
    return activated(core, conv.activation());
  }

  private static Stage bidirectional(RecurrentSpec.Bidirectional both, Setting setting) {
    Stage forward = recurrent(both.layer(), setting, "forward_");
    Setting other =
        new Setting(
            setting.parameters,
            setting.gradients,
            DropoutStage.mix(setting.seed + 1),
            setting.first);
    Stage backward = recurrent(both.layer(), other, "backward_");
    return new BidirectionalStage(forward, backward, both.mergeMode(), sequences(both.layer()));
  }

  private static boolean sequences(LayerSpec spec) {
    return spec instanceof RecurrentSpec.LSTM lstm && lstm.returnSequences()
        || spec instanceof RecurrentSpec.GRU gru && gru.returnSequences()
        || spec instanceof RecurrentSpec.SimpleRNN rnn && rnn.returnSequences();
  }

  /** The inputs' dropout, their reversal where they are read backwards, and the cells. */
  private static Stage recurrent(LayerSpec spec, Setting setting, String prefix) {
    var stages = new ArrayList<Stage>();
    double dropout = 0;
    boolean backwards = false;
    Stage cells;
    if (spec instanceof RecurrentSpec.LSTM lstm) {
      dropout = lstm.dropout();
      backwards = lstm.goBackwards();
      cells =
          new LstmStage(
              lstmNames(setting.parameters, prefix),
              lstmNames(setting.gradients, prefix),
              lstm,
              setting.first);
    } else if (spec instanceof RecurrentSpec.GRU gru) {
      dropout = gru.dropout();
      backwards = gru.goBackwards();
      cells = new GruStage(gru, setting.parameters, setting.gradients, prefix, setting.first);
    } else if (spec instanceof RecurrentSpec.SimpleRNN rnn) {
      dropout = rnn.dropout();
      backwards = rnn.goBackwards();
      cells = new SimpleRnnStage(rnn, setting.parameters, setting.gradients, prefix, setting.first);
    } else {
      throw new IllegalArgumentException(spec.type() + " has no stage");
    }
    if (dropout > 0) {
      stages.add(NoiseStage.ofInputs(dropout, setting.seed, setting.first));
    }
    if (backwards || prefix.equals("backward_")) {
      stages.add(new ReversalStage());
    }
    stages.add(cells);
    return ChainStage.of(stages);
  }

  private static Map<String, INDArray> lstmNames(Map<String, INDArray> named, String prefix) {
    Map<String, INDArray> lstm = new HashMap<>();
    if (named != null) {
      lstm.put(LSTMParamInitializer.INPUT_WEIGHT_KEY, named.get(prefix + "kernel"));
      lstm.put(LSTMParamInitializer.RECURRENT_WEIGHT_KEY, named.get(prefix + "recurrent_kernel"));
      lstm.put(LSTMParamInitializer.BIAS_KEY, named.get(prefix + "bias"));
    }
    return lstm;
  }
}
