package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A layer, by Keras' name and with Keras' parameters and defaults. Shapes are Keras': images {@code
 * [batch, height, width, channels]}, series {@code [batch, time, features]}.
 *
 * @see <a href="https://keras.io/api/layers/">Keras' layers</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(LayerSpec.Conv2D.class),
  @JsonSubTypes.Type(LayerSpec.Conv1D.class),
  @JsonSubTypes.Type(LayerSpec.DepthwiseConv2D.class),
  @JsonSubTypes.Type(LayerSpec.SeparableConv2D.class),
  @JsonSubTypes.Type(LayerSpec.MaxPooling2D.class),
  @JsonSubTypes.Type(LayerSpec.AveragePooling2D.class),
  @JsonSubTypes.Type(LayerSpec.MaxPooling1D.class),
  @JsonSubTypes.Type(LayerSpec.AveragePooling1D.class),
  @JsonSubTypes.Type(LayerSpec.GlobalMaxPooling2D.class),
  @JsonSubTypes.Type(LayerSpec.GlobalAveragePooling2D.class),
  @JsonSubTypes.Type(LayerSpec.GlobalMaxPooling1D.class),
  @JsonSubTypes.Type(LayerSpec.GlobalAveragePooling1D.class),
  @JsonSubTypes.Type(LayerSpec.BatchNormalization.class),
  @JsonSubTypes.Type(LayerSpec.LayerNormalization.class),
  @JsonSubTypes.Type(LayerSpec.Flatten.class),
  @JsonSubTypes.Type(LayerSpec.Dense.class),
  @JsonSubTypes.Type(LayerSpec.ActivationLayer.class),
  @JsonSubTypes.Type(LayerSpec.LeakyReLU.class),
  @JsonSubTypes.Type(LayerSpec.ReLU.class),
  @JsonSubTypes.Type(LayerSpec.ELU.class),
  @JsonSubTypes.Type(LayerSpec.Softmax.class),
  @JsonSubTypes.Type(LayerSpec.Dropout.class),
  @JsonSubTypes.Type(LayerSpec.SpatialDropout1D.class),
  @JsonSubTypes.Type(LayerSpec.SpatialDropout2D.class),
  @JsonSubTypes.Type(LayerSpec.GaussianDropout.class),
  @JsonSubTypes.Type(LayerSpec.GaussianNoiseLayer.class),
  @JsonSubTypes.Type(LayerSpec.AlphaDropout.class),
  @JsonSubTypes.Type(LayerSpec.LSTM.class),
  @JsonSubTypes.Type(LayerSpec.GRU.class),
  @JsonSubTypes.Type(LayerSpec.SimpleRNN.class),
  @JsonSubTypes.Type(LayerSpec.Bidirectional.class),
  @JsonSubTypes.Type(LayerSpec.TimeDistributed.class),
  @JsonSubTypes.Type(LayerSpec.ZeroPadding1D.class),
  @JsonSubTypes.Type(LayerSpec.ZeroPadding2D.class),
  @JsonSubTypes.Type(LayerSpec.Reshape.class),
  @JsonSubTypes.Type(LayerSpec.Permute.class),
  @JsonSubTypes.Type(LayerSpec.RepeatVector.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface LayerSpec {

  /** The layer's name; by default the type in snake case with a number, as Keras does. */
  String name();

  /** The layer's type, by Keras' name. */
  default String type() {
    return getClass().getAnnotation(JsonTypeName.class).value();
  }

  /**
   * A convolution over images: {@code [batch, height, width, channels]} to {@code [batch, height',
   * width', filters]}.
   *
   * @param filters 1..4,096: output channels
   * @param kernelSize 1..255 each
   * @param strides 1..255 each; default 1
   * @param padding default {@code valid}
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param dilationRate 1..255 each; default 1
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Conv2D")
  record Conv2D(
      String name,
      Integer filters,
      IntPair kernelSize,
      IntPair strides,
      Padding padding,
      Activation activation,
      Boolean useBias,
      IntPair dilationRate,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements LayerSpec {
    public Conv2D {
      checkName(name);
      filters = Check.range("filters", filters, 1, 4_096);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }

    /** With neither dilation nor regularization nor constraints, and the default initializers. */
    public Conv2D(
        String name,
        Integer filters,
        IntPair kernelSize,
        IntPair strides,
        Padding padding,
        Activation activation,
        Boolean useBias) {
      this(
          name,
          filters,
          kernelSize,
          strides,
          padding,
          activation,
          useBias,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }
  }

  /**
   * A convolution over series: {@code [batch, time, features]} to {@code [batch, time', filters]}.
   *
   * @param filters 1..4,096: output channels
   * @param kernelSize 1..255: times of the window
   * @param strides 1..255: times between windows; default 1
   * @param padding default {@code valid}
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param dilationRate 1..255: times between a window's values; above 1 only with strides of 1;
   *     default 1
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Conv1D")
  record Conv1D(
      String name,
      Integer filters,
      Integer kernelSize,
      Integer strides,
      Padding padding,
      Activation activation,
      Boolean useBias,
      Integer dilationRate,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements LayerSpec {
    public Conv1D {
      checkName(name);
      filters = Check.range("filters", filters, 1, 4_096);
      kernelSize = Check.range("kernel_size", kernelSize, 1, 255);
      strides = Check.range("strides", Check.orElse(strides, 1), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.range("dilation_rate", Check.orElse(dilationRate, 1), 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      refuseStridesWithDilation(strides, dilationRate);
    }
  }

  /**
   * A convolution of each channel by itself: channel {@code c} becomes the channels {@code c m} and
   * following, {@code m} being the depth multiplier.
   *
   * @param kernelSize 1..255 each
   * @param strides 1..255 each; default 1
   * @param padding default {@code valid}
   * @param depthMultiplier 1..256: output channels for each input channel; default 1
   * @param dilationRate 1..255 each; default 1
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param depthwiseInitializer how depthwise weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param depthwiseRegularizer the penalty on depthwise weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param depthwiseConstraint what depthwise weights are brought back to after every step; default
   *     none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("DepthwiseConv2D")
  record DepthwiseConv2D(
      String name,
      IntPair kernelSize,
      IntPair strides,
      Padding padding,
      Integer depthMultiplier,
      IntPair dilationRate,
      Activation activation,
      Boolean useBias,
      Initializer depthwiseInitializer,
      Initializer biasInitializer,
      Regularizer depthwiseRegularizer,
      Regularizer biasRegularizer,
      Constraint depthwiseConstraint,
      Constraint biasConstraint)
      implements LayerSpec {
    public DepthwiseConv2D {
      checkName(name);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      depthMultiplier = Check.range("depth_multiplier", Check.orElse(depthMultiplier, 1), 1, 256);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      depthwiseInitializer = Check.orElse(depthwiseInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }
  }

  /**
   * A depthwise convolution without biases, and a convolution of size 1 that mixes its channels
   * (Chollet 2017).
   *
   * @param filters 1..4,096: output channels
   * @param kernelSize 1..255 each
   * @param strides 1..255 each; default 1
   * @param padding default {@code valid}
   * @param dilationRate 1..255 each; default 1
   * @param depthMultiplier 1..256: depthwise channels for each input channel; default 1
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param depthwiseInitializer how depthwise weights start; default {@code glorot_uniform}
   * @param pointwiseInitializer how pointwise weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param depthwiseRegularizer the penalty on depthwise weights; default none
   * @param pointwiseRegularizer the penalty on pointwise weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param depthwiseConstraint what depthwise weights are brought back to after every step; default
   *     none
   * @param pointwiseConstraint what pointwise weights are brought back to after every step; default
   *     none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("SeparableConv2D")
  record SeparableConv2D(
      String name,
      Integer filters,
      IntPair kernelSize,
      IntPair strides,
      Padding padding,
      IntPair dilationRate,
      Integer depthMultiplier,
      Activation activation,
      Boolean useBias,
      Initializer depthwiseInitializer,
      Initializer pointwiseInitializer,
      Initializer biasInitializer,
      Regularizer depthwiseRegularizer,
      Regularizer pointwiseRegularizer,
      Regularizer biasRegularizer,
      Constraint depthwiseConstraint,
      Constraint pointwiseConstraint,
      Constraint biasConstraint)
      implements LayerSpec {
    public SeparableConv2D {
      checkName(name);
      filters = Check.range("filters", filters, 1, 4_096);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      depthMultiplier = Check.range("depth_multiplier", Check.orElse(depthMultiplier, 1), 1, 256);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      depthwiseInitializer = Check.orElse(depthwiseInitializer, Initializer.GLOROT_UNIFORM);
      pointwiseInitializer = Check.orElse(pointwiseInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }
  }

  /**
   * The maximum of each window.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides 1..255 each; default {@code pool_size}
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
   * The mean of each window; under padding same, of those of its values that lie inside the image.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides 1..255 each; default {@code pool_size}
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

  /**
   * The maximum of each window of a series.
   *
   * @param poolSize 1..255: times of the window; default 2
   * @param strides 1..255: times between windows; by default pool_size; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("MaxPooling1D")
  record MaxPooling1D(String name, Integer poolSize, Integer strides, Padding padding)
      implements LayerSpec {
    public MaxPooling1D {
      checkName(name);
      poolSize = Check.range("pool_size", Check.orElse(poolSize, 2), 1, 255);
      strides = Check.range("strides", Check.orElse(strides, poolSize), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }
  }

  /**
   * The mean of each window of a series; under padding same, of those of its values that lie
   * inside.
   *
   * @param poolSize 1..255: times of the window; default 2
   * @param strides 1..255: times between windows; by default pool_size; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("AveragePooling1D")
  record AveragePooling1D(String name, Integer poolSize, Integer strides, Padding padding)
      implements LayerSpec {
    public AveragePooling1D {
      checkName(name);
      poolSize = Check.range("pool_size", Check.orElse(poolSize, 2), 1, 255);
      strides = Check.range("strides", Check.orElse(strides, poolSize), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }
  }

  /** The maximum of each channel of an image. */
  @JsonTypeName("GlobalMaxPooling2D")
  record GlobalMaxPooling2D(String name) implements LayerSpec {
    public GlobalMaxPooling2D {
      checkName(name);
    }
  }

  /** The mean of each channel of an image. */
  @JsonTypeName("GlobalAveragePooling2D")
  record GlobalAveragePooling2D(String name) implements LayerSpec {
    public GlobalAveragePooling2D {
      checkName(name);
    }
  }

  /** The maximum of each feature over time. */
  @JsonTypeName("GlobalMaxPooling1D")
  record GlobalMaxPooling1D(String name) implements LayerSpec {
    public GlobalMaxPooling1D {
      checkName(name);
    }
  }

  /** The mean of each feature over time. */
  @JsonTypeName("GlobalAveragePooling1D")
  record GlobalAveragePooling1D(String name) implements LayerSpec {
    public GlobalAveragePooling1D {
      checkName(name);
    }
  }

  /**
   * Each channel (the last axis) to mean 0 and variance 1 over the batch, then times gamma plus
   * beta (Ioffe and Szegedy 2015); in evaluation by running statistics, which are part of the
   * model.
   *
   * @param momentum the share of the running statistics that a step keeps, 0 ≤ m &lt; 1; default
   *     0.99
   * @param epsilon added to the variance, above 0, at most 1; default 0.001
   * @param center whether beta is added; default true
   * @param scale whether gamma multiplies; default true
   * @param betaInitializer how offsets start; default {@code zeros}
   * @param gammaInitializer how factors start; default {@code ones}
   * @param betaRegularizer the penalty on offsets; default none
   * @param gammaRegularizer the penalty on factors; default none
   */
  @JsonTypeName("BatchNormalization")
  record BatchNormalization(
      String name,
      Double momentum,
      Double epsilon,
      Boolean center,
      Boolean scale,
      Initializer betaInitializer,
      Initializer gammaInitializer,
      Regularizer betaRegularizer,
      Regularizer gammaRegularizer)
      implements LayerSpec {
    public BatchNormalization {
      checkName(name);
      momentum = Check.below("momentum", Check.orElse(momentum, 0.99), 0, 1);
      epsilon = Check.positive("epsilon", Check.orElse(epsilon, 0.001), 1);
      center = Check.orElse(center, true);
      scale = Check.orElse(scale, true);
      betaInitializer = Check.orElse(betaInitializer, Initializer.ZEROS);
      gammaInitializer = Check.orElse(gammaInitializer, Initializer.ONES);
    }
  }

  /**
   * Each position's channels (the last axis) to mean 0 and variance 1, then times gamma plus beta
   * (Ba et al. 2016).
   *
   * @param epsilon added to the variance, above 0, at most 1; default 0.001
   * @param center whether beta is added; default true
   * @param scale whether gamma multiplies; default true
   * @param betaInitializer how offsets start; default {@code zeros}
   * @param gammaInitializer how factors start; default {@code ones}
   * @param betaRegularizer the penalty on offsets; default none
   * @param gammaRegularizer the penalty on factors; default none
   */
  @JsonTypeName("LayerNormalization")
  record LayerNormalization(
      String name,
      Double epsilon,
      Boolean center,
      Boolean scale,
      Initializer betaInitializer,
      Initializer gammaInitializer,
      Regularizer betaRegularizer,
      Regularizer gammaRegularizer)
      implements LayerSpec {
    public LayerNormalization {
      checkName(name);
      epsilon = Check.positive("epsilon", Check.orElse(epsilon, 0.001), 1);
      center = Check.orElse(center, true);
      scale = Check.orElse(scale, true);
      betaInitializer = Check.orElse(betaInitializer, Initializer.ZEROS);
      gammaInitializer = Check.orElse(gammaInitializer, Initializer.ONES);
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
   * A densely connected layer over the last axis.
   *
   * @param units 1..65,536: outputs
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Dense")
  record Dense(
      String name,
      Integer units,
      Activation activation,
      Boolean useBias,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements LayerSpec {
    public Dense {
      checkName(name);
      units = Check.range("units", units, 1, 65_536);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
    }

    /** With neither regularization nor constraints, and the default initializers. */
    public Dense(String name, Integer units, Activation activation, Boolean useBias) {
      this(name, units, activation, useBias, null, null, null, null, null, null);
    }
  }

  /**
   * An activation as a layer of its own.
   *
   * @param activation the function
   */
  @JsonTypeName("Activation")
  record ActivationLayer(String name, Activation activation) implements LayerSpec {
    public ActivationLayer {
      checkName(name);
      Check.required("activation", activation);
    }
  }

  /**
   * {@code x} above 0, {@code negative_slope x} below.
   *
   * @param negativeSlope the slope below 0, 0..1000; default 0.3
   */
  @JsonTypeName("LeakyReLU")
  record LeakyReLU(String name, Double negativeSlope) implements LayerSpec {
    public LeakyReLU {
      checkName(name);
      negativeSlope = Check.range("negative_slope", Check.orElse(negativeSlope, 0.3), 0, 1000);
    }
  }

  /**
   * {@code x} above the threshold, {@code negative_slope (x - threshold)} below, and at most {@code
   * max_value}.
   *
   * @param maxValue 0..1e6; default no limit
   * @param negativeSlope the slope below the threshold, 0..1000; default 0
   * @param threshold from where on values pass, 0..1000000; default 0
   */
  @JsonTypeName("ReLU")
  record ReLU(String name, Double maxValue, Double negativeSlope, Double threshold)
      implements LayerSpec {
    public ReLU {
      checkName(name);
      if (maxValue != null) {
        Check.range("max_value", maxValue, 0, 1e6);
      }
      negativeSlope = Check.range("negative_slope", Check.orElse(negativeSlope, 0.0), 0, 1000);
      threshold = Check.range("threshold", Check.orElse(threshold, 0.0), 0, 1000000);
    }
  }

  /**
   * {@code x} above 0, {@code alpha (exp(x) - 1)} below.
   *
   * @param alpha the limit far below 0, negated, 0..1000; default 1
   */
  @JsonTypeName("ELU")
  record ELU(String name, Double alpha) implements LayerSpec {
    public ELU {
      checkName(name);
      alpha = Check.range("alpha", Check.orElse(alpha, 1.0), 0, 1000);
    }
  }

  /** {@code exp(x) / sum(exp(x))} over the last axis. */
  @JsonTypeName("Softmax")
  record Softmax(String name) implements LayerSpec {
    public Softmax {
      checkName(name);
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
   * Dropout of whole features of a series, at all times.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("SpatialDropout1D")
  record SpatialDropout1D(String name, Double rate) implements LayerSpec {
    public SpatialDropout1D {
      checkName(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Dropout of whole channels of an image (Tompson et al. 2014).
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("SpatialDropout2D")
  record SpatialDropout2D(String name, Double rate) implements LayerSpec {
    public SpatialDropout2D {
      checkName(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Multiplies by numbers from {@code N(1, rate / (1 - rate))}, the second being the variance,
   * while training.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("GaussianDropout")
  record GaussianDropout(String name, Double rate) implements LayerSpec {
    public GaussianDropout {
      checkName(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Adds numbers from {@code N(0, stddev²)} while training.
   *
   * @param stddev the standard deviation, 0..1000
   */
  @JsonTypeName("GaussianNoise")
  record GaussianNoiseLayer(String name, Double stddev) implements LayerSpec {
    public GaussianNoiseLayer {
      checkName(name);
      stddev = Check.range("stddev", stddev, 0, 1000);
    }
  }

  /**
   * Dropout that keeps mean 0 and variance 1, for networks of SELUs (Klambauer et al. 2017).
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("AlphaDropout")
  record AlphaDropout(String name, Double rate) implements LayerSpec {
    public AlphaDropout {
      checkName(name);
      rate = Check.below("rate", rate, 0, 1);
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
   * @param recurrentDropout 0: dropping the recurrent state is not supported; default 0
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
      implements LayerSpec {
    public LSTM {
      checkName(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      recurrentActivation = Check.orElse(recurrentActivation, Activation.SIGMOID);
      useBias = Check.orElse(useBias, true);
      unitForgetBias = Check.orElse(unitForgetBias, true);
      dropout = Check.below("dropout", Check.orElse(dropout, 0.0), 0, 1);
      recurrentDropout = noRecurrentDropout(recurrentDropout);
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
   * @param recurrentDropout 0: dropping the recurrent state is not supported; default 0
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
      implements LayerSpec {
    public GRU {
      checkName(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      recurrentActivation = Check.orElse(recurrentActivation, Activation.SIGMOID);
      useBias = Check.orElse(useBias, true);
      dropout = Check.below("dropout", Check.orElse(dropout, 0.0), 0, 1);
      recurrentDropout = noRecurrentDropout(recurrentDropout);
      goBackwards = Check.orElse(goBackwards, false);
      resetAfter = Check.orElse(resetAfter, true);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      recurrentInitializer = Check.orElse(recurrentInitializer, Initializer.ORTHOGONAL);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
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
   * @param recurrentDropout 0: dropping the recurrent state is not supported; default 0
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
      implements LayerSpec {
    public SimpleRNN {
      checkName(name);
      units = Check.range("units", units, 1, 8_192);
      returnSequences = Check.orElse(returnSequences, false);
      activation = Check.orElse(activation, Activation.TANH);
      useBias = Check.orElse(useBias, true);
      dropout = Check.below("dropout", Check.orElse(dropout, 0.0), 0, 1);
      recurrentDropout = noRecurrentDropout(recurrentDropout);
      goBackwards = Check.orElse(goBackwards, false);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      recurrentInitializer = Check.orElse(recurrentInitializer, Initializer.ORTHOGONAL);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
    }
  }

  /**
   * A recurrent layer in both directions, each with weights of its own (Schuster and Paliwal 1997).
   *
   * @param layer LSTM, GRU or SimpleRNN
   * @param mergeMode how the two outputs become one; default {@code concat}
   */
  @JsonTypeName("Bidirectional")
  record Bidirectional(String name, LayerSpec layer, MergeMode mergeMode) implements LayerSpec {
    public Bidirectional {
      checkName(name);
      mergeMode = Check.orElse(mergeMode, MergeMode.CONCAT);
      Check.required("layer", layer);
      if (!(layer instanceof LSTM || layer instanceof GRU || layer instanceof SimpleRNN)) {
        throw new InvalidMessageException(
            "layer", layer.type() + " is not recurrent; give LSTM, GRU or SimpleRNN");
      }
      boolean backwards =
          layer instanceof LSTM lstm && lstm.goBackwards
              || layer instanceof GRU gru && gru.goBackwards
              || layer instanceof SimpleRNN rnn && rnn.goBackwards;
      if (backwards) {
        throw new InvalidMessageException(
            "layer.go_backwards", "is true; give a layer that reads forwards, as Keras demands");
      }
    }
  }

  /**
   * A layer at every time of a series: Dense, or an activation.
   *
   * @param layer dense, Activation, LeakyReLU, ReLU, ELU or Softmax; other layers take a series as
   *     it is, or no single time of it
   */
  @JsonTypeName("TimeDistributed")
  record TimeDistributed(String name, LayerSpec layer) implements LayerSpec {
    public TimeDistributed {
      checkName(name);
      Check.required("layer", layer);
    }
  }

  /**
   * Zeros before and after a series.
   *
   * @param padding 0..255 each; default 1
   */
  @JsonTypeName("ZeroPadding1D")
  record ZeroPadding1D(String name, IntPair padding) implements LayerSpec {
    public ZeroPadding1D {
      checkName(name);
      padding = Check.orElse(padding, IntPair.of(1)).within("padding", 0, 255);
    }
  }

  /**
   * Zeros around images.
   *
   * @param padding 0..255 each; default 1
   */
  @JsonTypeName("ZeroPadding2D")
  record ZeroPadding2D(String name, Borders padding) implements LayerSpec {
    public ZeroPadding2D {
      checkName(name);
      padding = Check.orElse(padding, Borders.of(1)).within("padding", 0, 255);
    }
  }

  /**
   * The same values, row by row, in another shape.
   *
   * @param targetShape 1..3 sizes, one of which may be -1: what is left
   */
  @JsonTypeName("Reshape")
  record Reshape(String name, List<Integer> targetShape) implements LayerSpec {
    public Reshape {
      checkName(name);
      targetShape = List.copyOf(Check.size("target_shape", targetShape, 1, 3));
      for (int i = 0; i < targetShape.size(); i++) {
        int size = Check.range("target_shape[" + i + "]", targetShape.get(i), -1, 1 << 28);
        if (size == 0) {
          throw new InvalidMessageException("target_shape[" + i + "]", "0 is not a size");
        }
      }
    }
  }

  /**
   * The axes of a sample in another order.
   *
   * @param dims the axes, counted from 1, in their new order
   */
  @JsonTypeName("Permute")
  record Permute(String name, List<Integer> dims) implements LayerSpec {
    public Permute {
      checkName(name);
      dims = List.copyOf(Check.size("dims", dims, 1, 3));
      for (int i = 0; i < dims.size(); i++) {
        Check.range("dims[" + i + "]", dims.get(i), 1, 3);
      }
    }
  }

  /**
   * The same values {@code n} times in a row: {@code [batch, values]} to {@code [batch, n,
   * values]}.
   *
   * @param n 1..10,000: times
   */
  @JsonTypeName("RepeatVector")
  record RepeatVector(String name, Integer n) implements LayerSpec {
    public RepeatVector {
      checkName(name);
      n = Check.range("n", n, 1, 10_000);
    }
  }

  private static void checkName(String name) {
    if (name != null) {
      Check.name("name", name);
    }
  }

  /** Keras allows the one or the other. */
  private static void refuseStridesWithDilation(int strides, int dilationRate) {
    if (strides > 1 && dilationRate > 1) {
      throw new InvalidMessageException(
          "dilation_rate", dilationRate + " does not go with strides of " + strides + "; give 1");
    }
  }

  private static double noRecurrentDropout(Double rate) {
    if (rate != null && rate != 0) {
      throw new InvalidMessageException(
          "recurrent_dropout",
          Check.plain(rate) + " is not supported; give 0, and dropout to drop inputs");
    }
    return 0;
  }
}
