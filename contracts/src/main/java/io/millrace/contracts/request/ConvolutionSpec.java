package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * Convolutions: kernels that slide over images or series.
 *
 * @see <a href="https://keras.io/api/layers/convolution_layers/">Keras' layers of this family</a>
 */
public sealed interface ConvolutionSpec extends LayerSpec {

  /** Of the outputs. */
  Activation activation();

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
      SeriesPadding padding,
      Activation activation,
      Boolean useBias,
      Integer dilationRate,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements ConvolutionSpec {
    public Conv1D {
      LayerFields.name(name);
      filters = Check.range("filters", filters, 1, 4_096);
      kernelSize = Check.range("kernel_size", kernelSize, 1, 255);
      strides = Check.range("strides", Check.orElse(strides, 1), 1, 255);
      padding = Check.orElse(padding, SeriesPadding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.range("dilation_rate", Check.orElse(dilationRate, 1), 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      LayerFields.refuseStridesWithDilation(strides, dilationRate);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      int window = (kernelSize - 1) * dilationRate + 1;
      int times = Shapes.times("kernel_size", window, strides, padding.ofSameSize(), input);
      return List.of(times, filters);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(kernelSize, input.get(1), filters),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(filters), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
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
      implements ConvolutionSpec {
    public Conv2D {
      LayerFields.name(name);
      filters = Check.range("filters", filters, 1, 4_096);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      LayerFields.refuseStridesWithDilation(
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

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      IntPair window = Shapes.dilated(kernelSize, dilationRate);
      return Shapes.slide("kernel_size", window, strides, padding, input, filters);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(kernelSize.rows(), kernelSize.columns(), input.get(2), filters),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(filters), biasInitializer, biasRegularizer, biasConstraint)
              : null);
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
      implements ConvolutionSpec {
    public DepthwiseConv2D {
      LayerFields.name(name);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      depthMultiplier = Check.range("depth_multiplier", Check.orElse(depthMultiplier, 1), 1, 256);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      depthwiseInitializer = Check.orElse(depthwiseInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      LayerFields.refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      IntPair window = Shapes.dilated(kernelSize, dilationRate);
      int channels = Shapes.depthwise(input.get(2), depthMultiplier);
      return Shapes.slide("kernel_size", window, strides, padding, input, channels);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              "depthwise",
              List.of(kernelSize.rows(), kernelSize.columns(), input.get(2), depthMultiplier),
              depthwiseInitializer,
              depthwiseRegularizer,
              depthwiseConstraint),
          useBias
              ? new LayerWeight(
                  "bias",
                  List.of(input.get(2) * depthMultiplier),
                  biasInitializer,
                  biasRegularizer,
                  biasConstraint)
              : null);
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
      implements ConvolutionSpec {
    public SeparableConv2D {
      LayerFields.name(name);
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
      LayerFields.refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      IntPair window = Shapes.dilated(kernelSize, dilationRate);
      int between = Shapes.depthwise(input.get(2), depthMultiplier);
      List<Integer> middle = Shapes.slide("kernel_size", window, strides, padding, input, between);
      Shapes.refuseDepthAbove(MAX_VALUES, Shapes.values(middle));
      return Shapes.withLast(middle, filters);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int between = input.get(2) * depthMultiplier;
      return LayerWeight.list(
          new LayerWeight(
              "depthwise_kernel",
              "depthwise",
              List.of(kernelSize.rows(), kernelSize.columns(), input.get(2), depthMultiplier),
              depthwiseInitializer,
              depthwiseRegularizer,
              depthwiseConstraint),
          new LayerWeight(
              "pointwise_kernel",
              "pointwise",
              List.of(1, 1, between, filters),
              pointwiseInitializer,
              pointwiseRegularizer,
              pointwiseConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(filters), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }

  /**
   * A convolution over series the other way round: every time spreads over a window, {@code [batch,
   * time, features]} to {@code [batch, time', filters]}, as long as the strides or longer.
   *
   * @param filters 1..4,096: output channels
   * @param kernelSize 1..255
   * @param strides 1..255: places between windows; default 1
   * @param padding default {@code valid}
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param dilationRate 1..255: above 1 only with strides of 1; default 1
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Conv1DTranspose")
  record Conv1DTranspose(
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
      implements ConvolutionSpec {
    public Conv1DTranspose {
      LayerFields.name(name);
      filters = Check.range("filters", filters, 1, 4_096);
      kernelSize = Check.range("kernel_size", kernelSize, 1, 255);
      strides = Check.range("strides", Check.orElse(strides, 1), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.range("dilation_rate", Check.orElse(dilationRate, 1), 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      LayerFields.refuseStridesWithDilation(strides, dilationRate);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      int window = (kernelSize - 1) * dilationRate + 1;
      return List.of(Shapes.spread(input.get(0), window, strides, padding), filters);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(kernelSize, filters, input.get(1)),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(filters), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }

  /**
   * A convolution the other way round: every pixel spreads over a window, {@code [batch, height,
   * width, channels]} to {@code [batch, height', width', filters]}, as large as the strides or
   * larger.
   *
   * @param filters 1..4,096: output channels
   * @param kernelSize 1..255 each
   * @param strides 1..255 each: places between windows; default 1
   * @param padding default {@code valid}
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param dilationRate 1..255 each: above 1 only with strides of 1; default 1
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Conv2DTranspose")
  record Conv2DTranspose(
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
      implements ConvolutionSpec {
    public Conv2DTranspose {
      LayerFields.name(name);
      filters = Check.range("filters", filters, 1, 4_096);
      Check.required("kernel_size", kernelSize).within("kernel_size", 1, 255);
      strides = Check.orElse(strides, IntPair.of(1)).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      dilationRate = Check.orElse(dilationRate, IntPair.of(1)).within("dilation_rate", 1, 255);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
      LayerFields.refuseStridesWithDilation(
          Math.max(strides.rows(), strides.columns()),
          Math.max(dilationRate.rows(), dilationRate.columns()));
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      IntPair window = Shapes.dilated(kernelSize, dilationRate);
      return List.of(
          Shapes.spread(input.get(0), window.rows(), strides.rows(), padding),
          Shapes.spread(input.get(1), window.columns(), strides.columns(), padding),
          filters);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(kernelSize.rows(), kernelSize.columns(), filters, input.get(2)),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(filters), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }
}
