package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.Residence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests a Keras model that takes images in a different shape from the data set's. The model does
 * not use the default initializer, which draws values in a different order if channels are
 * flattened.
 */
class ReshapedInputTest {
  private static List<Double> losses(String shape) {
    String request =
        """
        {"dataset": {"name": "d"}, "loss": "categorical_crossentropy", "optimizer": "adam",
         "model": {"keras": {"class_name": "Sequential", "config": {"layers": [
           {"class_name": "Flatten", "config": {"batch_input_shape": [null, %s]}},
           {"class_name": "Dense", "config": {"units": 3, "activation": "softmax",
             "kernel_initializer": {"class_name": "HeNormal", "config": {}}}}]}}}}
        """
            .formatted(shape);
    TrainingRequest read = Messages.readRequest(request.getBytes(StandardCharsets.UTF_8));
    NetworkPlan plan = NetworkPlan.of(read, Samples.imageData(4, 5, 3, 3));
    var losses = new ArrayList<Double>();
    try (var network = new Dl4jNetwork(plan, read, Residence.HOST)) {
      for (int step = 0; step < 4; step++) {
        losses.add(network.step(Samples.imageBatch(8, 4, 5, 3, 3, step), step).loss());
      }
    }
    return losses;
  }

  @ParameterizedTest
  @ValueSource(strings = {"60", "1, 60", "1, 1, 60"})
  void aModelWithReshapedInputTrainsLikeOneWithTheOriginalShape(String shape) {
    List<Double> expected = losses("4, 5, 3");
    List<Double> actual = losses(shape);

    for (int step = 0; step < expected.size(); step++) {
      // The products of a sum are added in another order.
      assertThat(actual.get(step)).isCloseTo(expected.get(step), within(1e-5));
    }
  }
}
