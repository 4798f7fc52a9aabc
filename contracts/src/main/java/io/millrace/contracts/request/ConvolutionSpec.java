package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
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
   */
  @JsonTypeName("Conv1D")
  record Conv1D(
      String name,
      @Describe("Number of output channels.") @Range(min = 1, max = 4_096) @Required
          Integer filters,
      @Describe("Size of the window in time steps.") @Range(min = 1, max = 255) @Required
          Integer kernelSize,
      @Describe("Time steps from one window to the next.") @Range(min = 1, max = 255) @Default("1")
          Integer strides,
      @Describe("How borders are padded.") @Default("valid") SeriesPadding padding,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Distance in time steps between a window's values; above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          Integer dilationRate,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(Conv1D.class);

    public Conv1D {
      RULES.check("name", name);
      filters = RULES.check("filters", filters);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
   */
  @JsonTypeName("Conv2D")
  record Conv2D(
      String name,
      @Describe("Number of output channels.") @Range(min = 1, max = 4_096) @Required
          Integer filters,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Required
          IntPair kernelSize,
      @Describe("Pixels from one window to the next: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe(
              "Distance in pixels between a window's values: [rows, columns], or one number for"
                  + " both. Above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair dilationRate,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(Conv2D.class);

    public Conv2D {
      RULES.check("name", name);
      filters = RULES.check("filters", filters);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
   * A convolution of each channel on its own: with the depth multiplier {@code m}, channel {@code
   * c} becomes {@code m} channels, from index {@code c m} on.
   */
  @JsonTypeName("DepthwiseConv2D")
  record DepthwiseConv2D(
      String name,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Required
          IntPair kernelSize,
      @Describe("Pixels from one window to the next: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding,
      @Describe("Output channels per input channel.") @Range(min = 1, max = 256) @Default("1")
          Integer depthMultiplier,
      @Describe(
              "Distance in pixels between a window's values: [rows, columns], or one number for"
                  + " both. Above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair dilationRate,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Initial depthwise weights.") @Default("glorot_uniform")
          Initializer depthwiseInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the depthwise weights. Default: none.")
          Regularizer depthwiseRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the depthwise weights, applied after every step. Default: none.")
          Constraint depthwiseConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(DepthwiseConv2D.class);

    public DepthwiseConv2D {
      RULES.check("name", name);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      depthMultiplier = RULES.check("depth_multiplier", depthMultiplier);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      depthwiseInitializer = RULES.check("depthwise_initializer", depthwiseInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
   */
  @JsonTypeName("SeparableConv2D")
  record SeparableConv2D(
      String name,
      @Describe("Number of output channels.") @Range(min = 1, max = 4_096) @Required
          Integer filters,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Required
          IntPair kernelSize,
      @Describe("Pixels from one window to the next: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding,
      @Describe(
              "Distance in pixels between a window's values: [rows, columns], or one number for"
                  + " both. Above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair dilationRate,
      @Describe("Depthwise channels per input channel.") @Range(min = 1, max = 256) @Default("1")
          Integer depthMultiplier,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Initial depthwise weights.") @Default("glorot_uniform")
          Initializer depthwiseInitializer,
      @Describe("Initial pointwise weights.") @Default("glorot_uniform")
          Initializer pointwiseInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the depthwise weights. Default: none.")
          Regularizer depthwiseRegularizer,
      @Describe("Penalty on the pointwise weights. Default: none.")
          Regularizer pointwiseRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the depthwise weights, applied after every step. Default: none.")
          Constraint depthwiseConstraint,
      @Describe("Constraint on the pointwise weights, applied after every step. Default: none.")
          Constraint pointwiseConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(SeparableConv2D.class);

    public SeparableConv2D {
      RULES.check("name", name);
      filters = RULES.check("filters", filters);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      depthMultiplier = RULES.check("depth_multiplier", depthMultiplier);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      depthwiseInitializer = RULES.check("depthwise_initializer", depthwiseInitializer);
      pointwiseInitializer = RULES.check("pointwise_initializer", pointwiseInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
   * A transposed convolution over series: every time step spreads over a window, {@code [batch,
   * time, features]} to {@code [batch, time', filters]}, {@code strides} times as long, or longer.
   */
  @JsonTypeName("Conv1DTranspose")
  record Conv1DTranspose(
      String name,
      @Describe("Number of output channels.") @Range(min = 1, max = 4_096) @Required
          Integer filters,
      @Describe("Size of the window in time steps.") @Range(min = 1, max = 255) @Required
          Integer kernelSize,
      @Describe("Time steps of the output from one window to the next.")
          @Range(min = 1, max = 255)
          @Default("1")
          Integer strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Distance in time steps between a window's values; above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          Integer dilationRate,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(Conv1DTranspose.class);

    public Conv1DTranspose {
      RULES.check("name", name);
      filters = RULES.check("filters", filters);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
   * A transposed convolution over images: every pixel spreads over a window, {@code [batch, height,
   * width, channels]} to {@code [batch, height', width', filters]}, {@code strides} times as large,
   * or larger.
   */
  @JsonTypeName("Conv2DTranspose")
  record Conv2DTranspose(
      String name,
      @Describe("Number of output channels.") @Range(min = 1, max = 4_096) @Required
          Integer filters,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Required
          IntPair kernelSize,
      @Describe(
              "Pixels of the output from one window to the next: [rows, columns], or one number"
                  + " for both.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe(
              "Distance in pixels between a window's values: [rows, columns], or one number for"
                  + " both. Above 1 only with strides of 1.")
          @Range(min = 1, max = 255)
          @Default("1")
          IntPair dilationRate,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements ConvolutionSpec {
    private static final FieldRules RULES = FieldRules.of(Conv2DTranspose.class);

    public Conv2DTranspose {
      RULES.check("name", name);
      filters = RULES.check("filters", filters);
      kernelSize = RULES.check("kernel_size", kernelSize);
      strides = RULES.check("strides", strides);
      padding = RULES.check("padding", padding);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      dilationRate = RULES.check("dilation_rate", dilationRate);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
