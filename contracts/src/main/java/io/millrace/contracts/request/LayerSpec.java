package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.Named;
import java.util.List;
import java.util.stream.Stream;

/**
 * A layer, by Keras' name and with Keras' parameters and defaults. Shapes are Keras': images {@code
 * [batch, height, width, channels]}, series {@code [batch, time, features]}.
 *
 * @see <a href="https://keras.io/api/layers/">Keras' layers</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(ConvolutionSpec.Conv2D.class),
  @JsonSubTypes.Type(ConvolutionSpec.Conv1D.class),
  @JsonSubTypes.Type(ConvolutionSpec.DepthwiseConv2D.class),
  @JsonSubTypes.Type(ConvolutionSpec.SeparableConv2D.class),
  @JsonSubTypes.Type(PoolingSpec.MaxPooling2D.class),
  @JsonSubTypes.Type(PoolingSpec.AveragePooling2D.class),
  @JsonSubTypes.Type(PoolingSpec.MaxPooling1D.class),
  @JsonSubTypes.Type(PoolingSpec.AveragePooling1D.class),
  @JsonSubTypes.Type(PoolingSpec.GlobalMaxPooling2D.class),
  @JsonSubTypes.Type(PoolingSpec.GlobalAveragePooling2D.class),
  @JsonSubTypes.Type(PoolingSpec.GlobalMaxPooling1D.class),
  @JsonSubTypes.Type(PoolingSpec.GlobalAveragePooling1D.class),
  @JsonSubTypes.Type(NormalizationSpec.BatchNormalization.class),
  @JsonSubTypes.Type(NormalizationSpec.LayerNormalization.class),
  @JsonSubTypes.Type(ReshapingSpec.Flatten.class),
  @JsonSubTypes.Type(CoreSpec.Dense.class),
  @JsonSubTypes.Type(ActivationSpec.ActivationLayer.class),
  @JsonSubTypes.Type(ActivationSpec.LeakyReLU.class),
  @JsonSubTypes.Type(ActivationSpec.ReLU.class),
  @JsonSubTypes.Type(ActivationSpec.ELU.class),
  @JsonSubTypes.Type(ActivationSpec.Softmax.class),
  @JsonSubTypes.Type(RegularizationSpec.Dropout.class),
  @JsonSubTypes.Type(RegularizationSpec.SpatialDropout1D.class),
  @JsonSubTypes.Type(RegularizationSpec.SpatialDropout2D.class),
  @JsonSubTypes.Type(RegularizationSpec.GaussianDropout.class),
  @JsonSubTypes.Type(RegularizationSpec.GaussianNoiseLayer.class),
  @JsonSubTypes.Type(RegularizationSpec.AlphaDropout.class),
  @JsonSubTypes.Type(RecurrentSpec.LSTM.class),
  @JsonSubTypes.Type(RecurrentSpec.GRU.class),
  @JsonSubTypes.Type(RecurrentSpec.SimpleRNN.class),
  @JsonSubTypes.Type(RecurrentSpec.Bidirectional.class),
  @JsonSubTypes.Type(RecurrentSpec.TimeDistributed.class),
  @JsonSubTypes.Type(ReshapingSpec.ZeroPadding1D.class),
  @JsonSubTypes.Type(ReshapingSpec.ZeroPadding2D.class),
  @JsonSubTypes.Type(ReshapingSpec.Reshape.class),
  @JsonSubTypes.Type(ReshapingSpec.Permute.class),
  @JsonSubTypes.Type(ReshapingSpec.RepeatVector.class),
  @JsonSubTypes.Type(ReshapingSpec.Cropping1D.class),
  @JsonSubTypes.Type(ReshapingSpec.Cropping2D.class),
  @JsonSubTypes.Type(ReshapingSpec.UpSampling1D.class),
  @JsonSubTypes.Type(ReshapingSpec.UpSampling2D.class),
  @JsonSubTypes.Type(ActivationSpec.PReLU.class),
  @JsonSubTypes.Type(NormalizationSpec.UnitNormalization.class),
  @JsonSubTypes.Type(NormalizationSpec.GroupNormalization.class),
  @JsonSubTypes.Type(PreprocessingSpec.Rescaling.class),
  @JsonSubTypes.Type(PreprocessingSpec.Normalization.class),
  @JsonSubTypes.Type(PreprocessingSpec.CenterCropLayer.class),
  @JsonSubTypes.Type(PreprocessingSpec.Resizing.class),
  @JsonSubTypes.Type(ConvolutionSpec.Conv1DTranspose.class),
  @JsonSubTypes.Type(ConvolutionSpec.Conv2DTranspose.class),
  @JsonSubTypes.Type(CoreSpec.Embedding.class),
  @JsonSubTypes.Type(CoreSpec.Masking.class),
  @JsonSubTypes.Type(AttentionSpec.Attention.class),
  @JsonSubTypes.Type(AttentionSpec.MultiHeadAttention.class),
  @JsonSubTypes.Type(MergingSpec.Add.class),
  @JsonSubTypes.Type(MergingSpec.Subtract.class),
  @JsonSubTypes.Type(MergingSpec.Multiply.class),
  @JsonSubTypes.Type(MergingSpec.Average.class),
  @JsonSubTypes.Type(MergingSpec.Maximum.class),
  @JsonSubTypes.Type(MergingSpec.Minimum.class),
  @JsonSubTypes.Type(MergingSpec.Concatenate.class),
  @JsonSubTypes.Type(MergingSpec.Dot.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface LayerSpec
    permits ActivationSpec,
        AttentionSpec,
        ConvolutionSpec,
        CoreSpec,
        MergingSpec,
        NormalizationSpec,
        PoolingSpec,
        PreprocessingSpec,
        RecurrentSpec,
        RegularizationSpec,
        ReshapingSpec {

  /** The most values of a layer's output for one sample. */
  int MAX_VALUES = 1 << 28;

  @Describe("The layer's name. Default: the type in snake case with a number, as in Keras.")
  @Named
  String name();

  /** The layer's type, by Keras' name. */
  default String type() {
    return type(getClass());
  }

  /** A layer's type, by Keras' name. */
  static String type(Class<? extends LayerSpec> layer) {
    return layer.getAnnotation(JsonTypeName.class).value();
  }

  /** All types of layers. */
  static List<Class<? extends LayerSpec>> all() {
    return Stream.of(LayerSpec.class.getAnnotation(JsonSubTypes.class).value())
        .<Class<? extends LayerSpec>>map(type -> type.value().asSubclass(LayerSpec.class))
        .toList();
  }

  /**
   * The shape of a sample's output, by Keras' rules.
   *
   * @param input the shape of a sample
   * @throws InvalidMessageException naming the layer's field, where the input does not fit
   */
  List<Integer> outputShape(List<Integer> input);

  /**
   * Its weights, in the order of Keras' {@code get_weights()}.
   *
   * @param input the shape of a sample, which fits
   */
  List<LayerWeight> weights(List<Integer> input);
}
