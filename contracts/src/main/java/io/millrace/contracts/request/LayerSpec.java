package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;

/**
 * A layer, by Keras' name and with Keras' parameters and defaults. Shapes are Keras': images {@code
 * [batch, height, width, channels]}, series {@code [batch, time, features]}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(LayerSpec.Conv2D.class),
  @JsonSubTypes.Type(LayerSpec.MaxPooling2D.class),
  @JsonSubTypes.Type(LayerSpec.AveragePooling2D.class),
  @JsonSubTypes.Type(LayerSpec.Flatten.class),
  @JsonSubTypes.Type(LayerSpec.Dense.class),
  @JsonSubTypes.Type(LayerSpec.Dropout.class),
  @JsonSubTypes.Type(LayerSpec.LSTM.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface LayerSpec {

  /** The layer's name; by default the type in snake case with a number, as Keras does. */
  String name();

  /** The layer's type, by Keras' name. */
  default String type() {
    return getClass().getSimpleName();
  }

  /**
   * A convolution over images: {@code [batch, height, width, channels]} to {@code [batch, height',
   * width', filters]}. Weights are Glorot-uniform, biases zero.
   *
   * @param filters 1..4,096
   * @param kernelSize 1..255 each
   * @param strides 1..255 each; default 1
   * @param padding default {@code valid}
   * @param activation default {@code linear}
   * @param useBias default true
   */
  @JsonTypeName("Conv2D")
  record Conv2D(
      String name,
      Integer filters,
      IntPair kernelSize,
      IntPair strides,
      Padding padding,
      Activation activation,
      Boolean useBias)
      implements LayerSpec {
    public Conv2D {
      checkName(name);
      filters = Check.range("filters", filters, 1, 4_096);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
    }
  }

  /**
   * The maximum of each window.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("MaxPooling2D")
  record MaxPooling2D(String name, IntPair poolSize, IntPair strides, Padding padding)
      implements LayerSpec {
    public MaxPooling2D {
      checkName(name);
      poolSize = Check.orElse(poolSize, IntPair.of(2)).within("pool_size", 1, 255);
      strides = Check.orElse(strides, poolSize).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }
  }

  /**
   * The mean of each window; under {@code same}, of those of its values that lie inside the image.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("AveragePooling2D")
  record AveragePooling2D(String name, IntPair poolSize, IntPair strides, Padding padding)
      implements LayerSpec {
    public AveragePooling2D {
      checkName(name);
      poolSize = Check.orElse(poolSize, IntPair.of(2)).within("pool_size", 1, 255);
      strides = Check.orElse(strides, poolSize).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }
  }

  /** All of a sample's values in one row: {@code [batch, …]} to {@code [batch, values]}. */
  @JsonTypeName("Flatten")
  record Flatten(String name) implements LayerSpec {
    public Flatten {
      checkName(name);
    }
  }

  /**
   * A densely connected layer over the last axis. Weights are Glorot-uniform, biases zero.
   *
   * @param units 1..65,536
   * @param activation default {@code linear}
   * @param useBias default true
   */
  @JsonTypeName("Dense")
  record Dense(String name, Integer units, Activation activation, Boolean useBias)
      implements LayerSpec {
    public Dense {
      checkName(name);
      units = Check.range("units", units, 1, 65_536);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
    }
  }

  /**
   * Drops values while training and scales the others by {@code 1 / (1 - rate)} (Srivastava et al.
   * 2014, inverted); the identity in evaluation.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("Dropout")
  record Dropout(String name, Double rate) implements LayerSpec {
    public Dropout {
      checkName(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Long short-term memory (Hochreiter and Schmidhuber 1997): {@code [batch, time, features]} to
   * {@code [batch, units]}, or {@code [batch, time, units]} with {@code return_sequences}. Weights
   * are Glorot-uniform, recurrent weights orthogonal, biases zero but the forget gate's, which are
   * 1.
   *
   * @param units 1..8,192
   * @param returnSequences whether every time's output is passed on, or the last one's; default
   *     false
   * @param activation default {@code tanh}
   * @param recurrentActivation of the gates; default {@code sigmoid}
   */
  @JsonTypeName("LSTM")
  record LSTM(
      String name,
      Integer units,
      Boolean returnSequences,
      Activation activation,
      Activation recurrentActivation)
      implements LayerSpec {
    public LSTM {
      checkName(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      recurrentActivation = Check.orElse(recurrentActivation, Activation.SIGMOID);
    }
  }

  private static void checkName(String name) {
    if (name != null) {
      Check.name("name", name);
    }
  }
}
