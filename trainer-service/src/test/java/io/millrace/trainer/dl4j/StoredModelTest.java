package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import java.io.IOException;
import java.io.InputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A stored model contains the class name of its layers. {@code models/keras-layers.zip} was written
 * before 2026-11-29 with Conv1D, BatchNormalization, a bidirectional GRU, LayerNormalization, a
 * backwards LSTM and Dense; the numbers are its network's predictions at that time.
 */
class StoredModelTest {
  private static final float[] PREDICTED = {0.09327799f, 0.121806f, 0.091256335f, 0.18256465f};

  @Test
  void aModelOfAnEarlierVersionPredictsTheSame() throws IOException {
    Backend.get();
    try (InputStream file = StoredModelTest.class.getResourceAsStream("/models/keras-layers.zip")) {
      MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file, false);
      INDArray input = new BatchInput(Residence.HOST).of(Samples.sineBatch(4, 6, 1, 99));

      INDArray output = read.output(input.permute(1, 2, 0).dup('c'));

      assertThat(output.dup('c').data().asFloat()).containsExactly(PREDICTED, within(1e-6f));
    }
  }

  @Test
  void theLayerClassHasTheNameUsedInStoredModels() {
    assertThat(KerasLayer.class.getName()).isEqualTo("io.millrace.trainer.dl4j.KerasLayer");
  }
}
