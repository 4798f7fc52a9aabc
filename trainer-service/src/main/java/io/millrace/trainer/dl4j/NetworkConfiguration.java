package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.optimizer.Optimizer;
import io.millrace.trainer.dl4j.parts.BuiltInActivations;
import io.millrace.trainer.dl4j.parts.LayerExecution;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;

/**
 * A network as a Deeplearning4j configuration. Any user of Deeplearning4j can read and run a saved
 * network without {@link KerasLayer}s. A Flatten before a Dense layer is not a layer there: it is
 * the preprocessor of the next layer.
 */
final class NetworkConfiguration {
  private NetworkConfiguration() {}

  /**
   * @param parts the network's parts, see {@link NetworkPart#of}; each takes the output of the part
   *     before it
   * @param inputShape the shape of a sample
   */
  static MultiLayerConfiguration of(
      List<NetworkPart> parts, List<Integer> inputShape, TrainingRequest request) {
    var list = builder(request).list();
    int index = 0;
    for (NetworkPart part : parts) {
      if (part.form() != NetworkPart.Form.PREPROCESSOR) {
        list.layer(
            index++, layer(part, part == parts.get(parts.size() - 1), request.loss().type()));
      }
    }
    return list.setInputType(inputType(parts, inputShape)).build();
  }

  /** The settings that all networks share. */
  static NeuralNetConfiguration.Builder builder(TrainingRequest request) {
    return new NeuralNetConfiguration.Builder()
        .seed(request.seed())
        .weightInit(WeightInit.ZERO)
        .updater(updater(request.optimizer()));
  }

  /** The layer of a part. */
  static Layer layer(NetworkPart part, boolean last, Loss loss) {
    if (part.isKeras()) {
      return new KerasLayer(part);
    }
    return last && part.spec() instanceof CoreSpec.Dense ? output(part, loss) : hidden(part);
  }

  private static InputType inputType(List<NetworkPart> parts, List<Integer> shape) {
    return shape.size() == 2 && startsFlat(parts)
        ? InputType.feedForward((long) shape.get(0) * shape.get(1))
        : KerasLayer.type(shape);
  }

  private static boolean startsFlat(List<NetworkPart> parts) {
    return parts.stream()
        .filter(part -> !LayerExecution.isNativeDropout(part.spec()))
        .findFirst()
        .filter(part -> part.form() == NetworkPart.Form.PREPROCESSOR)
        .isPresent();
  }

  private static Layer hidden(NetworkPart layer) {
    String name = layer.name();
    if (layer.spec() instanceof ConvolutionSpec.Conv2D conv) {
      return new ConvolutionLayer.Builder(sizes(conv.kernelSize()))
          .name(name)
          .stride(sizes(conv.strides()))
          .dilation(sizes(conv.dilationRate()))
          .convolutionMode(mode(conv.padding()))
          .nOut(conv.filters())
          .hasBias(conv.useBias())
          .activation(BuiltInActivations.of(conv.activation()))
          .build();
    }
    if (layer.spec() instanceof PoolingSpec.MaxPooling2D pool) {
      return pooling(SubsamplingLayer.PoolingType.MAX, pool.poolSize(), pool.strides())
          .name(name)
          .convolutionMode(mode(pool.padding()))
          .build();
    }
    if (layer.spec() instanceof PoolingSpec.AveragePooling2D pool) {
      return pooling(SubsamplingLayer.PoolingType.AVG, pool.poolSize(), pool.strides())
          .name(name)
          .convolutionMode(mode(pool.padding()))
          .build();
    }
    if (layer.spec() instanceof CoreSpec.Dense dense) {
      return new DenseLayer.Builder()
          .name(name)
          .nOut(dense.units())
          .hasBias(dense.useBias())
          .activation(BuiltInActivations.of(dense.activation()))
          .build();
    }
    if (layer.spec() instanceof RegularizationSpec.Dropout dropout) {
      return new DropoutLayer.Builder(1 - dropout.rate()).name(name).build();
    }
    if (layer.spec() instanceof RecurrentSpec.LSTM lstm) {
      Layer layers =
          new LSTM.Builder()
              .name(name)
              .nOut(lstm.units())
              .activation(BuiltInActivations.of(lstm.activation()))
              .gateActivationFunction(BuiltInActivations.of(lstm.recurrentActivation()))
              .forgetGateBiasInit(1)
              .build();
      return lstm.returnSequences() ? layers : new LastTimeStep(layers);
    }
    throw new IllegalArgumentException(layer.spec().type() + " is not a Deeplearning4j layer");
  }

  private static SubsamplingLayer.Builder pooling(
      SubsamplingLayer.PoolingType type, IntPair window, IntPair strides) {
    return new SubsamplingLayer.Builder(type, sizes(window), sizes(strides));
  }

  private static Layer output(NetworkPart layer, Loss loss) {
    var dense = (CoreSpec.Dense) layer.spec();
    return new OutputLayer.Builder(loss(loss))
        .name(layer.name())
        .nOut(dense.units())
        .hasBias(dense.useBias())
        .activation(BuiltInActivations.of(dense.activation()))
        .build();
  }

  /** Deeplearning4j's nearest loss; training here follows {@link OutputLoss}. */
  private static ILossFunction loss(Loss loss) {
    return switch (loss) {
      case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> new LossMCXENT();
      case BINARY_CROSSENTROPY -> new LossBinaryXENT();
      case MSE, HUBER, LOG_COSH -> new LossMSE();
      case MAE -> new LossMAE();
      case MAPE -> new LossMAPE();
      case MSLE -> new LossMSLE();
      case POISSON -> new LossPoisson();
      case KL_DIVERGENCE -> new LossKLD();
      case HINGE, CATEGORICAL_HINGE -> new LossHinge();
      case SQUARED_HINGE -> new LossSquaredHinge();
    };
  }

  /**
   * Deeplearning4j's nearest updater with the first learning rate, for users who continue to train
   * a saved network there; training here follows {@link Optimizer}.
   */
  private static IUpdater updater(OptimizerSpec optimizer) {
    double rate = optimizer.learningRate().at(0);
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0 ? new Sgd(rate) : new Nesterovs(rate, sgd.momentum());
    }
    if (optimizer instanceof OptimizerSpec.Adagrad adagrad) {
      return new AdaGrad(rate, adagrad.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.Adadelta adadelta) {
      return new AdaDelta(adadelta.rho(), adadelta.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return new RmsProp(rate, rms.rho(), rms.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      return adam.amsgrad()
          ? new AMSGrad(rate, adam.beta1(), adam.beta2(), adam.epsilon())
          : new Adam(rate, adam.beta1(), adam.beta2(), adam.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.AdamW adam) {
      return new Adam(rate, adam.beta1(), adam.beta2(), adam.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.Adamax adamax) {
      return new AdaMax(rate, adamax.beta1(), adamax.beta2(), adamax.epsilon());
    }
    if (optimizer instanceof OptimizerSpec.Nadam nadam) {
      return new Nadam(rate, nadam.beta1(), nadam.beta2(), nadam.epsilon());
    }
    return new Sgd(rate);
  }

  private static int[] sizes(IntPair pair) {
    return new int[] {pair.rows(), pair.columns()};
  }

  private static ConvolutionMode mode(Padding padding) {
    return padding == Padding.SAME ? ConvolutionMode.Same : ConvolutionMode.Truncate;
  }
}
