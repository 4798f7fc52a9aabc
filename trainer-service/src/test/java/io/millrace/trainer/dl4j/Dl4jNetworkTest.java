package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.layers.OneDnnConvolution;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network.Outputs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jNetworkTest {
  private static final DatasetDescription IMAGES = Samples.imageData(9, 8, 2, 3);

  @TempDir Path folder;

  private static Dl4jNetwork create(TrainingRequest request, DatasetDescription data) {
    return create(request, data, Backend.get().residence());
  }

  private static Dl4jNetwork create(
      TrainingRequest request, DatasetDescription data, Residence residence) {
    return new Dl4jNetwork(NetworkPlan.of(request, data), request, residence);
  }

  private static TrainingRequest cnn(Loss loss, OptimizerSpec optimizer, double rate) {
    return Samples.images(
        loss,
        optimizer,
        Samples.conv(4, 3),
        Samples.maxPooling(),
        Samples.dropout(rate),
        new ConvolutionSpec.Conv2D(
            null,
            5,
            io.millrace.contracts.request.IntPair.of(2),
            null,
            Padding.SAME,
            Activation.TANH,
            null),
        Samples.flatten(),
        Samples.dropout(rate),
        Samples.dense(6, Activation.ELU),
        Samples.dense(
            3,
            loss == Loss.BINARY_CROSSENTROPY
                ? Activation.SIGMOID
                : loss == Loss.MSE ? Activation.LINEAR : Activation.SOFTMAX));
  }

  private static TrainingRequest lstms(OptimizerSpec optimizer, double rate) {
    return Samples.series(
        optimizer,
        Samples.lstm(5, true),
        Samples.dropout(rate),
        Samples.lstm(4, false),
        Samples.dropout(rate),
        Samples.dense(2, Activation.LINEAR));
  }

  private static MultiLayerNetwork chain(Dl4jNetwork network) {
    return (MultiLayerNetwork) network.model();
  }

  @Test
  void oneDnnConvolvesAndPools() {
    TrainingRequest request =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            Samples.adam(1e-3),
            Samples.conv(4, 3),
            new PoolingSpec.AveragePooling2D(null, null, null, null),
            Samples.flatten(),
            Samples.dense(3, Activation.SOFTMAX));
    try (Dl4jNetwork network = create(request, IMAGES)) {
      var convolution = (ConvolutionLayer) chain(network).getLayer(0);
      var pooling = (SubsamplingLayer) chain(network).getLayer(1);
      assertThat(convolution.getHelper()).isInstanceOf(MKLDNNConvHelper.class);
      assertThat(pooling.getHelper()).isInstanceOf(MKLDNNSubsamplingHelper.class);
      assertThat(Nd4j.getEnvironment().helpersAllowed()).isTrue();

      network.step(Samples.imageBatch(4, 9, 8, 2, 3, 1), 0);

      assertThat(((OneDnnConvolution) convolution.getHelper()).passes()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4})
  void aNetworkForImagesTrainsEquallyOnHostAndDevice(double rate) {
    TrainingRequest request = cnn(Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(1e-2), rate);
    alike(request, IMAGES, step -> Samples.imageBatch(4, 9, 8, 2, 3, step));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.4})
  void aNetworkForSeriesTrainsEquallyOnHostAndDevice(double rate) {
    TrainingRequest request = lstms(Samples.adam(1e-2), rate);
    alike(request, Samples.seriesData(7, 2), step -> Samples.sineBatch(4, 7, 2, step));
  }

  @Test
  void hostOnlyLayersTrainEquallyInANetworkOnADevice() {
    TrainingRequest images =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            Samples.adam(1e-2),
            Samples.conv(4, 3),
            new NormalizationSpec.BatchNormalization(
                null, null, null, null, null, null, null, null, null),
            new ActivationSpec.LeakyReLU(null, null),
            Samples.flatten(),
            Samples.dense(3, Activation.SOFTMAX));
    alike(images, IMAGES, step -> Samples.imageBatch(4, 9, 8, 2, 3, step));
    assertThat(Dl4jNetworkFactory.onHost(NetworkPlan.of(images, IMAGES)))
        .containsExactly("BatchNormalization", "LeakyReLU");
  }

  /** Compares the stages for any ND4J backend, here on the CPU, with the stages for host memory. */
  private static void alike(
      TrainingRequest request, DatasetDescription data, IntFunction<Batch> batches) {
    try (Dl4jNetwork host = create(request, data, Residence.HOST);
        Dl4jNetwork device = create(request, data, Residence.DEVICE)) {
      for (int step = 0; step < 5; step++) {
        float[] expected = host.step(batches.apply(step), step).values();
        float[] actual = device.step(batches.apply(step), step).values();
        assertThat(actual).containsExactly(expected, offset(1e-4f));
        assertThat(device.model().params().toFloatVector())
            .containsExactly(host.model().params().toFloatVector(), offset(1e-4f));
      }
      assertThat(device.evaluate(batches.apply(9)).loss())
          .isCloseTo(host.evaluate(batches.apply(9)).loss(), offset(1e-4));
    }
  }

  @Test
  void deeplearning4jSeesThatOneDnnIsEnabled() throws Exception {
    Backend.get();
    Class<?> environment =
        org.deeplearning4j.config.DL4JClassLoading.loadClassByName(
            "org.nd4j.nativeblas.Nd4jCpu$Environment");
    Object instance = environment.getMethod("getInstance").invoke(null);
    assertThat(environment.getMethod("isUseMKLDNN").invoke(instance)).isEqualTo(true);
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {
        "CATEGORICAL_CROSSENTROPY",
        "SPARSE_CATEGORICAL_CROSSENTROPY",
        "BINARY_CROSSENTROPY",
        "MSE"
      })
  void lossesOutputsAndGradientsMatchDeeplearning4j(Loss loss) {
    try (Dl4jNetwork network =
        create(cnn(loss, new OptimizerSpec.SGD(1.0, null, null), 0), IMAGES)) {
      Batch batch = Samples.imageBatch(4, 9, 8, 2, 3, 1);
      MultiLayerNetwork reference = chain(network).clone();
      var features = new BatchInput(Residence.HOST);
      INDArray labels = Nd4j.zeros(4, 3);
      for (int i = 0; i < 4; i++) {
        labels.putScalar(i, batch.labels().data().getInt(i * 4), 1);
      }
      compare(network, reference, batch, new DataSet(features.of(batch).dup(), labels), loss);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {
        "CATEGORICAL_CROSSENTROPY",
        "SPARSE_CATEGORICAL_CROSSENTROPY",
        "BINARY_CROSSENTROPY",
        "MSE"
      })
  void lossesOutputsAndGradientsMatchDeeplearning4jForClassShares(Loss loss) {
    float[] shares = {0.6f, 0.4f, 0, 0, 0, 1, 0.25f, 0.25f, 0.5f, 0.1f, 0.9f, 0};
    try (Dl4jNetwork network =
        create(cnn(loss, new OptimizerSpec.SGD(1.0, null, null), 0), IMAGES)) {
      Batch batch = Samples.withShares(Samples.imageBatch(4, 9, 8, 2, 3, 1), shares);
      MultiLayerNetwork reference = chain(network).clone();
      INDArray features = new BatchInput(Residence.HOST).of(batch).dup();
      INDArray labels = Nd4j.create(shares, new long[] {4, 3}, 'c');
      compare(network, reference, batch, new DataSet(features, labels), loss);
    }
  }

  @Test
  void aSingleSigmoidLearnsTheShareOfTheSecondClass() {
    TrainingRequest request =
        Samples.images(
            Loss.BINARY_CROSSENTROPY,
            new OptimizerSpec.SGD(1.0, null, null),
            Samples.flatten(),
            Samples.dense(1, Activation.SIGMOID));
    Batch pixels =
        Samples.batch(
            DType.F32, List.of(2, 1, 2, 1), Samples.bytes(1, 2, 3, -1), Samples.ints(0, 0), 1);
    Batch batch = Samples.withShares(pixels, 0.8f, 0.2f, 0.4f, 0.6f);
    try (Dl4jNetwork network = create(request, Samples.imageData(1, 2, 1, 2))) {
      float[] before = network.model().params().toFloatVector();
      double first = sigmoid(before[0] + 2 * before[1] + before[2]);
      double second = sigmoid(3 * before[0] - before[1] + before[2]);

      Outputs outputs = network.step(batch, 0);

      double loss =
          -(0.2 * Math.log(first) + 0.8 * Math.log(1 - first)) / 2
              - (0.6 * Math.log(second) + 0.4 * Math.log(1 - second)) / 2;
      assertThat(outputs.loss()).isCloseTo(loss, within(1e-6));
      double[] gradient = {
        ((first - 0.2) + 3 * (second - 0.6)) / 2,
        (2 * (first - 0.2) - (second - 0.6)) / 2,
        ((first - 0.2) + (second - 0.6)) / 2
      };
      float[] after = network.model().params().toFloatVector();
      for (int i = 0; i < 3; i++) {
        assertThat((double) before[i] - after[i]).isCloseTo(gradient[i], within(1e-6));
      }
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void lossesOutputsAndGradientsOfAnLstmMatchDeeplearning4j() {
    DatasetDescription data = Samples.seriesData(7, 2);
    try (Dl4jNetwork network = create(lstms(new OptimizerSpec.SGD(1.0, null, null), 0), data)) {
      Batch batch = Samples.sineBatch(3, 7, 2, 1);
      MultiLayerNetwork reference = chain(network).clone();
      INDArray features = new BatchInput(Residence.HOST).of(batch).permute(1, 2, 0).dup();
      float[] values = new float[6];
      batch.labels().data().asFloatBuffer().get(0, values);
      INDArray labels = Nd4j.create(values, new long[] {3, 2}, 'c');
      compare(network, reference, batch, new DataSet(features, labels), Loss.MSE);
    }
  }

  /** With a rate of 1, a step of plain SGD subtracts the gradient from the weights. */
  private static void compare(
      Dl4jNetwork network, MultiLayerNetwork reference, Batch batch, DataSet data, Loss loss) {
    float[] before = network.model().params().dup().toFloatVector();
    reference.setInput(data.getFeatures());
    reference.setLabels(data.getLabels());
    reference.computeGradientAndScore();
    float[] gradient = reference.getGradientsViewArray().toFloatVector();
    float[] expected = reference.output(data.getFeatures()).dup('c').data().asFloat();

    Outputs outputs = network.step(batch, 0);

    for (int i = 0; i < expected.length; i++) {
      assertThat(outputs.values()[i]).isCloseTo(expected[i], within(1e-5f));
    }
    // Deeplearning4j sums the binary crossentropy over the outputs, and all gradients over samples.
    double shares = loss == Loss.BINARY_CROSSENTROPY ? 3 : 1;
    assertThat(outputs.loss()).isCloseTo(reference.score() / shares, within(1e-5));
    float[] after = network.model().params().toFloatVector();
    for (int i = 0; i < after.length; i++) {
      assertThat(before[i] - after[i])
          .as("parameter %d", i)
          .isCloseTo((float) (gradient[i] / batch.size() / shares), within(2e-6f));
    }
  }

  @Test
  void aSeparateActivationLayerTrainsLikeTheActivationOfTheDenseLayer() {
    Batch batch = Samples.imageBatch(4, 5, 4, 2, 3, 1);
    TrainingRequest within =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            Samples.adam(0.01),
            Samples.flatten(),
            Samples.dense(3, Activation.SOFTMAX));
    TrainingRequest behind =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            Samples.adam(0.01),
            Samples.flatten(),
            Samples.dense(3, Activation.LINEAR),
            new ActivationSpec.ActivationLayer(null, Activation.SOFTMAX));
    try (Dl4jNetwork one = create(within, Samples.imageData(5, 4, 2, 3));
        Dl4jNetwork two = create(behind, Samples.imageData(5, 4, 2, 3))) {
      for (int step = 0; step < 5; step++) {
        assertThat(two.step(batch, step, 0.01).loss())
            .isCloseTo(one.step(batch, step, 0.01).loss(), within(1e-6));
      }
    }
  }

  /** The numerical gradient includes the output's activation. */
  @ParameterizedTest
  @EnumSource(Loss.class)
  void aStepFollowsTheNumericalGradientOfEveryLoss(Loss loss) {
    Activation activation =
        switch (loss) {
          case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY, KL_DIVERGENCE ->
              Activation.SOFTMAX;
          case BINARY_CROSSENTROPY, POISSON, MSLE, MAPE -> Activation.SIGMOID;
          default -> Activation.TANH;
        };
    TrainingRequest request =
        Samples.images(
            loss,
            new OptimizerSpec.SGD(1.0, null, null),
            Samples.flatten(),
            Samples.dense(3, activation));
    // Every class has a share, so that MAPE does not divide by 0.
    float[] shares = {0.6f, 0.3f, 0.1f, 0.2f, 0.3f, 0.5f, 0.1f, 0.8f, 0.1f, 0.3f, 0.3f, 0.4f};
    Batch batch = Samples.withShares(Samples.imageBatch(4, 2, 2, 1, 3, 5), shares);
    try (Dl4jNetwork network = create(request, Samples.imageData(2, 2, 1, 3))) {
      INDArray parameters = network.model().params();
      float[] before = parameters.toFloatVector();
      double[] slopes = new double[before.length];
      double h = 1e-2;
      for (int i = 0; i < before.length; i++) {
        parameters.putScalar(i, before[i] + h);
        double above = network.evaluate(batch).loss();
        parameters.putScalar(i, before[i] - h);
        slopes[i] = (above - network.evaluate(batch).loss()) / (2 * h);
        parameters.putScalar(i, before[i]);
      }

      network.step(batch, 0);

      float[] after = network.model().params().toFloatVector();
      for (int i = 0; i < before.length; i++) {
        assertThat((double) before[i] - after[i])
            .as("parameter %d", i)
            .isCloseTo(slopes[i], within(2e-3 + 2e-2 * Math.abs(slopes[i])));
      }
    }
  }

  @Test
  void classWeightsApplyInTrainingAndNotInEvaluation() {
    TrainingRequest request =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            new OptimizerSpec.SGD(1.0, null, null),
            Samples.flatten(),
            Samples.dense(3, Activation.SOFTMAX));
    NetworkPlan plan = NetworkPlan.of(request, Samples.imageData(2, 2, 1, 3));
    var pixels =
        Samples.batch(
            DType.F32,
            List.of(2, 2, 2, 1),
            Samples.bytes(1, 2, 3, 4, 1, 2, 3, 4),
            Samples.ints(0, 2),
            1);
    // The two samples differ only in their class. Their weights are 3 and 0: the first one counts
    // three times.
    var weighted =
        new NetworkPlan(plan.inputShape(), plan.layers(), List.of(3.0, 1.0, 0.0), Units.NONE);
    var first =
        Samples.batch(
            DType.F32, List.of(1, 2, 2, 1), Samples.bytes(1, 2, 3, 4), Samples.ints(0), 1);
    Residence residence = Backend.get().residence();
    try (var alone = new Dl4jNetwork(plan, request, residence);
        var both = new Dl4jNetwork(weighted, request, residence)) {
      float[] before = alone.model().params().toFloatVector();
      assertThat(both.evaluate(pixels).loss()).isEqualTo(alone.evaluate(pixels).loss());

      double loss = alone.step(first, 0).loss();

      assertThat(both.step(pixels, 0).loss()).isCloseTo(1.5 * loss, within(1e-6));
      float[] expected = alone.model().params().toFloatVector();
      float[] actual = both.model().params().toFloatVector();
      for (int i = 0; i < before.length; i++) {
        assertThat(actual[i] - before[i])
            .isCloseTo(1.5f * (expected[i] - before[i]), within(1e-5f));
      }
    }
  }

  @Test
  void aNetworkDetectsParametersThatAreNotFinite() {
    try (Dl4jNetwork network = create(lstms(Samples.adam(0.01), 0.1), Samples.seriesData(7, 2))) {
      assertThat(network.isFinite()).isTrue();
      network.model().params().assign(3e38f);
      assertThat(network.isFinite()).isTrue();
      network.model().params().putScalar(5, Float.NaN);
      assertThat(network.isFinite()).isFalse();
      network.model().params().putScalar(5, Float.NEGATIVE_INFINITY);
      assertThat(network.isFinite()).isFalse();
    }
  }

  @Test
  void aRestoredCnnContinuesBitForBit() throws Exception {
    Batch batch = Samples.imageBatch(4, 9, 8, 2, 3, 1);
    continues(cnn(Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Samples.adam(0.01), 0.4), IMAGES, batch);
  }

  @Test
  void aRestoredLstmContinuesBitForBit() throws Exception {
    Batch batch = Samples.sineBatch(4, 7, 2, 1);
    for (OptimizerSpec optimizer :
        List.of(
            new OptimizerSpec.RMSprop(null, null, null),
            new OptimizerSpec.Adagrad(null, null, null),
            new OptimizerSpec.SGD(0.1, 0.9, true),
            new OptimizerSpec.Nadam(null, null, null, null, null, 1.0, null, null),
            new OptimizerSpec.Lion(null, null, null, 0.1, null, null, 1.0))) {
      continues(lstms(optimizer, 0.3), Samples.seriesData(7, 2), batch);
    }
  }

  private void continues(TrainingRequest request, DatasetDescription data, Batch batch)
      throws Exception {
    Path file = folder.resolve(request.optimizer().type() + ".zip");
    List<Double> straight = new ArrayList<>();
    List<Double> resumed = new ArrayList<>();
    float[] parameters;
    try (Dl4jNetwork network = create(request, data)) {
      for (int i = 0; i < 6; i++) {
        straight.add(network.step(batch, i).loss());
      }
      parameters = network.model().params().toFloatVector();
    }
    try (Dl4jNetwork network = create(request, data)) {
      for (int i = 0; i < 3; i++) {
        resumed.add(network.step(batch, i).loss());
      }
      network.save(file);
    }
    try (Dl4jNetwork network = create(request, data)) {
      network.restore(file);
      for (int i = 3; i < 6; i++) {
        resumed.add(network.step(batch, i).loss());
      }
      assertThat(resumed).isEqualTo(straight);
      assertThat(network.model().params().toFloatVector()).isEqualTo(parameters);
    }
  }

  @Test
  void deeplearning4jReadsASavedNetworkAndPredictsTheSame() throws Exception {
    Batch batch = Samples.imageBatch(4, 9, 8, 2, 3, 1);
    Path file = folder.resolve("model.zip");
    try (Dl4jNetwork network =
        create(cnn(Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(0.01), 0.5), IMAGES)) {
      network.step(batch, 0);
      network.save(file);
      float[] expected = network.evaluate(batch).values();
      MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
      float[] values =
          read.output(new BatchInput(Residence.HOST).of(batch)).dup('c').data().asFloat();
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).isCloseTo(expected[i], within(1e-5f));
      }
    }
  }

  @Test
  void evaluationChangesNothingAndDropsNothing() {
    Batch batch = Samples.imageBatch(4, 9, 8, 2, 3, 1);
    try (Dl4jNetwork network =
        create(cnn(Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(0.01), 0.5), IMAGES)) {
      float[] before = network.model().params().toFloatVector();
      Outputs first = network.evaluate(batch);
      assertThat(network.evaluate(batch).values()).isEqualTo(first.values());
      assertThat(network.model().params().toFloatVector()).isEqualTo(before);
    }
  }

  @Test
  void batchesOfDifferentSizesCanAlternate() {
    try (Dl4jNetwork network = create(lstms(Samples.adam(0.01), 0.1), Samples.seriesData(7, 2))) {
      for (int i = 0; i < 6; i++) {
        Batch batch = Samples.sineBatch(1 + (i * 5) % 7, 7, 2, i);
        assertThat(network.step(batch, i).values()).hasSize(2 * batch.size());
        assertThat(network.evaluate(batch).loss()).isFinite();
      }
    }
  }

  @Test
  void aCnnLearnsToTellBrightFromDark() {
    TrainingRequest request =
        Samples.images(
            Loss.BINARY_CROSSENTROPY,
            Samples.adam(0.01),
            Samples.conv(4, 3),
            Samples.maxPooling(),
            Samples.flatten(),
            Samples.dropout(0.2),
            Samples.dense(1, Activation.SIGMOID));
    try (Dl4jNetwork network = create(request, Samples.imageData(9, 8, 1, 2))) {
      for (int i = 0; i < 60; i++) {
        network.step(Samples.imageBatch(16, 9, 8, 1, 2, i), i);
      }
      Batch test = Samples.imageBatch(64, 9, 8, 1, 2, 1000);
      float[] values = network.evaluate(test).values();
      int right = 0;
      for (int i = 0; i < 64; i++) {
        right += (values[i] > 0.5 ? 1 : 0) == test.labels().data().getInt(4 * i) ? 1 : 0;
      }
      assertThat(right).isGreaterThanOrEqualTo(62);
    }
  }

  @Test
  void anLstmForecastsASineBetterThanPersistence() {
    TrainingRequest request =
        Samples.series(
            Samples.adam(0.01), Samples.lstm(16, false), Samples.dense(1, Activation.LINEAR));
    try (Dl4jNetwork network = create(request, Samples.seriesData(12, 1))) {
      for (int i = 0; i < 150; i++) {
        network.step(Samples.sineBatch(16, 12, 1, i), i);
      }
      Batch test = Samples.sineBatch(64, 12, 1, 1000);
      double persistence = 0;
      for (int i = 0; i < 64; i++) {
        double last = test.features().data().getFloat(4 * (i * 12 + 11));
        double error = last - test.labels().data().getFloat(4 * i);
        persistence += error * error / 64;
      }
      assertThat(network.evaluate(test).loss()).isLessThan(persistence / 10);
    }
  }
}
