package io.millrace.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ChannelValues;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.dl4j.Samples;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NetworkPlanTest {
  private static final OptimizerSpec ADAM = Samples.adam(1e-3);
  private static final DatasetDescription FLOWERS = Samples.imageData(150, 150, 3, 4);
  private static final LayerSpec SOFTMAX = Samples.dense(4, Activation.SOFTMAX);

  private static NetworkPlan images(LayerSpec... layers) {
    return NetworkPlan.of(Samples.images(Loss.CATEGORICAL_CROSSENTROPY, ADAM, layers), FLOWERS);
  }

  private static NetworkPlan series(LayerSpec... layers) {
    return NetworkPlan.of(Samples.series(ADAM, layers), Samples.seriesData(60, 1));
  }

  private static NetworkPlan withLoss(Loss loss, int classes, LayerSpec last) {
    return NetworkPlan.of(
        Samples.images(loss, ADAM, Samples.flatten(), last), Samples.imageData(8, 8, 1, classes));
  }

  private static void refused(String field, String reason, Runnable plan) {
    assertThatThrownBy(plan::run)
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(reason);
            });
  }

  @Test
  void shapesAndParameterCountsMatchTheSummaryOfKeras() {
    NetworkPlan plan =
        images(
            Samples.conv(32, 3),
            Samples.maxPooling(),
            Samples.flatten(),
            Samples.dropout(0.5),
            SOFTMAX);
    assertThat(plan.layers())
        .extracting(layer -> layer.summary().name())
        .containsExactly("conv2d", "max_pooling2d", "flatten", "dropout", "dense");
    assertThat(plan.layers())
        .extracting(NetworkPlan.Layer::outputShape)
        .containsExactly(
            List.of(148, 148, 32),
            List.of(74, 74, 32),
            List.of(175_232),
            List.of(175_232),
            List.of(4));
    assertThat(plan.layers())
        .extracting(layer -> layer.summary().parameters())
        .containsExactly(896L, 0L, 0L, 0L, 700_932L);
    assertThat(plan.parameters()).isEqualTo(701_828);
    assertThat(plan.outputs()).isEqualTo(4);
  }

  @Test
  void lstmShapesAndParameterCountsMatchTheSummaryOfKeras() {
    NetworkPlan plan =
        series(
            Samples.lstm(50, true), Samples.lstm(50, false), Samples.dense(1, Activation.LINEAR));
    assertThat(plan.layers())
        .extracting(layer -> layer.summary().parameters())
        .containsExactly(10_400L, 20_200L, 51L);
    assertThat(plan.layers())
        .extracting(NetworkPlan.Layer::outputShape)
        .containsExactly(List.of(60, 50), List.of(50), List.of(1));
  }

  @Test
  void generatedNamesAreNumberedAndGivenNamesAreKept() {
    NetworkPlan plan =
        images(
            Samples.flatten(),
            Samples.dense(5, Activation.RELU),
            new CoreSpec.Dense("dense_1", 5, null, null),
            new CoreSpec.Dense("mine", 5, null, null),
            SOFTMAX);
    assertThat(plan.layers())
        .extracting(layer -> layer.summary().name())
        .containsExactly("flatten", "dense", "dense_1", "mine", "dense_2");
  }

  @Test
  void aDuplicateLayerNameIsRefused() {
    refused(
        "model.layers[1].name",
        "'a' is also the name of another layer",
        () -> images(new ReshapingSpec.Flatten("a"), new CoreSpec.Dense("a", 4, null, null)));
  }

  @Property
  void samePaddingDividesTheSizeByTheStrideAndRoundsUp(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 12) int window,
      @ForAll @IntRange(min = 1, max = 5) int stride) {
    var pool =
        new PoolingSpec.MaxPooling2D(null, IntPair.of(window), IntPair.of(stride), Padding.SAME);
    assertThat(output(pool, List.of(size, size, 2)).get(0))
        .isEqualTo((int) Math.ceil(size / (double) stride));
  }

  private static List<Integer> output(LayerSpec layer, List<Integer> input) {
    return NetworkPlan.of(new ModelSpec(List.of(layer)), input).layers().get(0).outputShape();
  }

  @Property
  void validPaddingCountsTheWindowsThatFitInside(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 1, max = 12) int window,
      @ForAll @IntRange(min = 1, max = 5) int stride) {
    var pool = new PoolingSpec.AveragePooling2D(null, IntPair.of(window), IntPair.of(stride), null);
    int windows = 0;
    for (int start = 0; start + window <= size; start += stride) {
      windows++;
    }
    if (windows == 0) {
      refused(
          "model.layers[0].pool_size[0]",
          "is more than the input's height of " + size,
          () -> output(pool, List.of(size, size, 2)));
    } else {
      assertThat(output(pool, List.of(size, size, 2)).get(1)).isEqualTo(windows);
    }
  }

  @Test
  void layersThatDoNotFitTheirInputAreRefusedWithTheirField() {
    refused(
        "model.layers[1]",
        "Conv2D takes images",
        () -> images(Samples.flatten(), Samples.conv(3, 3), SOFTMAX));
    refused("model.layers[0]", "LSTM takes series", () -> images(Samples.lstm(3, false), SOFTMAX));
    refused(
        "model.layers[0]",
        "add a Flatten or a global pooling layer after it",
        () -> images(SOFTMAX));
    refused(
        "model.layers[0].layer",
        "Flatten is not supported in TimeDistributed",
        () -> series(new RecurrentSpec.TimeDistributed(null, Samples.flatten())));
    refused(
        "model.layers[0].target_shape",
        "does not hold the 60 values",
        () -> series(new ReshapingSpec.Reshape(null, List.of(7, -1))));
    refused(
        "model.layers[0].dims",
        "are not the axes 1..2",
        () -> series(new ReshapingSpec.Permute(null, List.of(1, 1))));
    refused(
        "model.layers[0].kernel_size",
        "61 is more than the input's time of 60",
        () -> series(conv1d(61), Samples.dense(1, Activation.LINEAR)));
    refused(
        "model.layers[0].width",
        "151 is more than the image's width of 150",
        () -> images(new PreprocessingSpec.CenterCropLayer(null, 150, 151), SOFTMAX));
    refused(
        "model.layers[0].variance",
        "has 2 numbers, and the last axis of the input's shape [150, 150, 3] has 3",
        () ->
            images(
                new PreprocessingSpec.Normalization(
                    null, new ChannelValues(List.of(0.0)), new ChannelValues(List.of(1.0, 2.0))),
                SOFTMAX));
    refused(
        "model.layers[0]",
        "Attention takes series [time, features]",
        () -> images(new AttentionSpec.Attention(null, null, null, null), SOFTMAX));
    refused(
        "model.layers[0].layer.units",
        "a GRU may have",
        () -> series(new RecurrentSpec.Bidirectional(null, gru(2_049), null)));
    refused(
        "model.layers[1]",
        "return_sequences false",
        () -> series(Samples.lstm(3, true), Samples.dense(1, Activation.LINEAR)));
    refused(
        "model.layers[0].kernel_size[0]",
        "151 is more than the input's height of 150",
        () -> images(Samples.conv(3, 151), SOFTMAX));
    refused(
        "model.layers[0].units",
        "give 1..2048",
        () -> series(Samples.lstm(2_049, false), Samples.dense(1, Activation.LINEAR)));
    refused(
        "model.layers[0].activation",
        "swish",
        () ->
            series(
                new RecurrentSpec.LSTM(null, 3, false, Activation.SWISH, null),
                Samples.dense(1, Activation.LINEAR)));
  }

  private static LayerSpec conv1d(int size) {
    return new ConvolutionSpec.Conv1D(
        null, 2, size, null, null, null, null, null, null, null, null, null, null, null);
  }

  private static LayerSpec gru(int units) {
    return new RecurrentSpec.GRU(
        null, units, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null);
  }

  @Test
  void aConstraintAxisThatTheWeightsDoNotHaveIsRefused() {
    refused(
        "model.layers[0].kernel_constraint.axis",
        "2 does not exist: these weights have 2 axes; give 0..1",
        () ->
            layers(
                List.of(4),
                "{'type':'Dense','units':2,'kernel_constraint':{'type':'MaxNorm','axis':[0,2]}}"));
    refused(
        "model.layers[1].bias_constraint.axis",
        "1 does not exist: these weights have 1 axis; give 0",
        () ->
            layers(
                List.of(8, 8, 1),
                "{'type':'Flatten'}",
                "{'type':'Dense','units':2,'bias_constraint':{'type':'UnitNorm','axis':1}}"));
    refused(
        "model.layers[0].layer.recurrent_constraint.axis",
        "give 0..1",
        () ->
            layers(
                List.of(8, 1),
                "{'type':'Bidirectional','layer':{'type':'GRU','units':2,"
                    + "'recurrent_constraint':{'type':'UnitNorm','axis':2}}}"));
    refused(
        "model.layers[0].kernel_constraint.axis",
        "give 0..2",
        () ->
            layers(
                List.of(8, 1),
                "{'type':'Conv1D','filters':2,'kernel_size':2,"
                    + "'kernel_constraint':{'type':'UnitNorm','axis':3}}"));
    String separable =
        "{'type':'SeparableConv2D','filters':2,'kernel_size':2,"
            + "'pointwise_constraint':{'type':'UnitNorm','axis':[0,1,2,3]}}";
    assertThat(layers(List.of(8, 8, 1), separable).layers()).hasSize(1);
  }

  @Test
  void anInitializerThatDoesNotFitItsWeightsIsRefused() {
    refused(
        "model.layers[0].kernel_initializer",
        "identity needs weights with 2 axes, but these have 4",
        () ->
            layers(
                List.of(8, 8, 1),
                "{'type':'Conv2D','filters':2,'kernel_size':2,'kernel_initializer':'identity'}"));
    refused(
        "model.layers[0].layer.bias_initializer",
        "orthogonal needs weights with at least 2 axes, but these have 1",
        () ->
            layers(
                List.of(8, 1),
                "{'type':'TimeDistributed','layer':{'type':'Dense','units':2,"
                    + "'bias_initializer':'orthogonal'}}"));
    refused(
        "model.layers[0].gamma_initializer",
        "but these have 1",
        () -> layers(List.of(4), "{'type':'BatchNormalization','gamma_initializer':'orthogonal'}"));
    refused(
        "model.keras.config.layers[1].config.kernel_initializer",
        "but these have 4",
        () ->
            NetworkPlan.of(
                model(
                    "'keras':{'class_name':'Sequential','config':{'layers':["
                        + "{'class_name':'InputLayer','config':{}},{'class_name':'Conv2D','config':"
                        + "{'filters':2,'kernel_size':2,'kernel_initializer':"
                        + "{'class_name':'Identity','config':{}}}}]}}"),
                List.of(8, 8, 1)));
    // A GRU has two rows of biases if its reset gate applies after the product.
    String gru = "{'type':'GRU','units':2,'bias_initializer':'orthogonal','reset_after':%s}";
    assertThat(layers(List.of(8, 1), gru.formatted(true)).layers()).hasSize(1);
    refused(
        "model.layers[0].bias_initializer",
        "but these have 1",
        () -> layers(List.of(8, 1), gru.formatted(false)));
  }

  @Test
  void layersThatMakeTooManyValuesAreRefusedWithTheirField() {
    String flat = "{'type':'Reshape','target_shape':[1,1,-1]}";
    String wide = "{'type':'RepeatVector','n':10000},{'type':'Flatten'}," + flat;
    refused(
        "model.layers[3].depth_multiplier",
        "makes 2560000000 values of a sample; at most 268435456 are allowed",
        () ->
            layers(
                List.of(1_000),
                wide,
                "{'type':'DepthwiseConv2D','kernel_size':1,'depth_multiplier':256}"));
    refused(
        "model.layers[3].depth_multiplier",
        "makes 2560000000 values",
        () ->
            layers(
                List.of(1_000),
                wide,
                "{'type':'SeparableConv2D','filters':1,'kernel_size':1,'depth_multiplier':256}"));
    refused(
        "model.layers[0].depth_multiplier",
        "makes 1048576000 values",
        () ->
            layers(
                List.of(2_000, 2_048, 1),
                "{'type':'SeparableConv2D','filters':1,'kernel_size':1,'depth_multiplier':256}"));
    refused(
        "model.layers[3]",
        "outputs 2684354560000 values per sample; at most 268435456 are allowed",
        () ->
            layers(
                List.of(1 << 28),
                "{'type':'Flatten'},{'type':'ReLU'},{'type':'Dropout','rate':0.5}",
                "{'type':'RepeatVector','n':10000}"));
  }

  private static NetworkPlan layers(List<Integer> input, String... layers) {
    return NetworkPlan.of(model("'layers':[" + String.join(",", layers) + "]"), input);
  }

  private static ModelSpec model(String fields) {
    String json = ("{" + fields + "}").replace('\'', '"');
    return Messages.readStrictly(json.getBytes(StandardCharsets.UTF_8), ModelSpec.class);
  }

  @Test
  void anErrorInTheLastLayerNamesItsPathInTheKerasModel() {
    String request =
        """
        {"dataset": {"name": "i"}, "loss": "mse", "model": {"keras":
          {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 4, 1]}},
            {"class_name": "Flatten", "config": {}},
            {"class_name": "Dense", "config": {"units": 5}}]}}}}\
        """;

    refused(
        "model.keras.config.layers[2].config.units",
        "5 does not match the 4 classes",
        () ->
            NetworkPlan.of(
                Messages.readRequest(request.getBytes(StandardCharsets.UTF_8)),
                Samples.imageData(4, 4, 1, 4)));
  }

  @Test
  void anyLastLayerWithOneOutputPerClassIsAccepted() {
    LayerSpec pointwise = Samples.pointwise(4);
    LayerSpec mean = new PoolingSpec.GlobalAveragePooling2D(null, null);
    LayerSpec softmax = new ActivationSpec.Softmax(null);
    assertThat(images(pointwise, mean, softmax).outputs()).isEqualTo(4);
    assertThat(series(Samples.lstm(1, false)).outputs()).isEqualTo(1);
    refused(
        "model.layers[1]",
        "linear does not fit categorical_crossentropy, which needs probabilities; give softmax as a"
            + " separate last layer",
        () -> images(pointwise, mean));
    refused(
        "model.layers[1]",
        "5 does not match the 4 classes; give 4",
        () -> images(Samples.pointwise(5), mean, softmax));
    refused(
        "model.layers[0]",
        "outputs [150, 150, 4] per sample, but labels are flat; add a Flatten or a global"
            + " pooling layer after it",
        () -> images(pointwise, softmax));
  }

  @Test
  void aNetworkWithoutWeightsIsRefused() {
    refused(
        "model",
        "has no weights to train",
        () ->
            NetworkPlan.of(
                Samples.images(Loss.MSE, ADAM, Samples.flatten()), Samples.imageData(2, 2, 1, 4)));
  }

  @Test
  void theLastLayerMustFitLabelsAndLoss() {
    refused(
        "model.layers[1]",
        "64 does not match the 4 classes",
        () -> withLoss(Loss.CATEGORICAL_CROSSENTROPY, 4, Samples.dropout(0.1)));
    refused(
        "model.layers[1].units",
        "5 does not match the 4 classes",
        () -> withLoss(Loss.CATEGORICAL_CROSSENTROPY, 4, Samples.dense(5, Activation.SOFTMAX)));
    refused(
        "model.layers[1].activation",
        "give softmax",
        () ->
            withLoss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 4, Samples.dense(4, Activation.LINEAR)));
    refused(
        "model.layers[1].activation",
        "give sigmoid",
        () -> withLoss(Loss.BINARY_CROSSENTROPY, 2, Samples.dense(1, Activation.SOFTMAX)));
    refused(
        "model.layers[1].units",
        "does not match the horizon",
        () -> series(Samples.flatten(), Samples.dense(2, Activation.LINEAR)));
    assertThat(
            withLoss(Loss.BINARY_CROSSENTROPY, 2, Samples.dense(1, Activation.SIGMOID)).outputs())
        .isEqualTo(1);
    assertThat(withLoss(Loss.MSE, 4, Samples.dense(4, Activation.LINEAR)).outputs()).isEqualTo(4);
  }

  @Test
  void networksWithTooManyParametersAreRefused() {
    refused(
        "model.layers[1]",
        "parameters; at most 500000000",
        () -> images(Samples.flatten(), Samples.dense(65_536, Activation.LINEAR), SOFTMAX));
  }

  @Test
  void hingeAndSquaredHingeAcceptOneUnitForTwoClasses() {
    LayerSpec single = Samples.dense(1, Activation.TANH);
    assertThat(withLoss(Loss.HINGE, 2, single).outputs()).isEqualTo(1);
    assertThat(withLoss(Loss.SQUARED_HINGE, 2, single).outputs()).isEqualTo(1);
    refused(
        "model.layers[1].units",
        "does not match the 2 classes; give 2",
        () -> withLoss(Loss.CATEGORICAL_HINGE, 2, single));
    refused(
        "model.layers[1].units",
        "does not match the 3 classes; give 3",
        () -> withLoss(Loss.HINGE, 3, single));
  }

  @Test
  void klDivergenceNeedsProbabilities() {
    assertThat(withLoss(Loss.KL_DIVERGENCE, 4, SOFTMAX).outputs()).isEqualTo(4);
    refused(
        "model.layers[1].activation",
        "does not fit kl_divergence, which needs probabilities; give softmax",
        () -> withLoss(Loss.KL_DIVERGENCE, 4, Samples.dense(4, Activation.SIGMOID)));
  }

  @Test
  void classWeightsComeFromTheRequest() {
    assertThat(weighted("{\"class-1\": 2.5}").classWeights()).containsExactly(1.0, 2.5, 1.0);
    assertThat(images(Samples.flatten(), SOFTMAX).classWeights()).isEmpty();
    refused(
        "class_weight.daisy",
        "is not a class of this data set; give one of class-0, class-1, class-2",
        () -> weighted("{\"daisy\": 2}"));
    refused(
        "class_weight",
        "the number of samples per class is unknown",
        () -> weighted("\"balanced\""));
  }

  private static NetworkPlan weighted(String weights) {
    String request =
        """
        {"dataset": {"name": "d"}, "loss": "categorical_crossentropy", "class_weight": %s,
         "model": {"layers": [{"type": "Flatten"},
                              {"type": "Dense", "units": 3, "activation": "softmax"}]}}\
        """
            .formatted(weights);
    return NetworkPlan.of(Messages.readRequest(request.getBytes()), Samples.imageData(8, 8, 1, 3));
  }
}
