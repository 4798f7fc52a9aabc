package io.millrace.trainer.dl4j.parts;

import io.millrace.contracts.request.Activation;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Activations that Deeplearning4j computes as Keras does. */
public final class BuiltInActivations {
  private static final Map<Activation, Supplier<IActivation>> MAKERS = makers();

  private BuiltInActivations() {}

  private static Map<Activation, Supplier<IActivation>> makers() {
    var makers = new EnumMap<Activation, Supplier<IActivation>>(Activation.class);
    makers.put(Activation.LINEAR, ActivationIdentity::new);
    makers.put(Activation.RELU, ActivationReLU::new);
    makers.put(Activation.SIGMOID, ActivationSigmoid::new);
    makers.put(Activation.TANH, ActivationTanH::new);
    makers.put(Activation.SOFTMAX, ActivationSoftmax::new);
    makers.put(Activation.ELU, ActivationELU::new);
    makers.put(Activation.SELU, ActivationSELU::new);
    makers.put(Activation.SOFTPLUS, ActivationSoftPlus::new);
    makers.put(Activation.SOFTSIGN, ActivationSoftSign::new);
    makers.put(Activation.SWISH, ActivationSwish::new);
    return Collections.unmodifiableMap(makers);
  }

  /** Whether Deeplearning4j has an activation with Keras' meaning. */
  public static boolean has(Activation activation) {
    return MAKERS.containsKey(activation);
  }

  /**
   * Deeplearning4j's activation.
   *
   * @throws IllegalArgumentException if it has none, see {@link #has}
   */
  public static IActivation of(Activation activation) {
    Supplier<IActivation> maker = MAKERS.get(activation);
    if (maker == null) {
      throw new IllegalArgumentException(activation.json());
    }
    return maker.get();
  }
}
