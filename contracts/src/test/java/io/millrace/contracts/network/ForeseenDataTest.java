package io.millrace.contracts.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.DatasetDescription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForeseenDataTest {

  private static Optional<DatasetDescription> of(String dataset) {
    String request =
        "{\"dataset\":%s,\"model\":{\"layers\":[{\"type\":\"Dense\",\"units\":1}]},\"loss\":\"mse\"}";
    return ForeseenData.of(
        Messages.readRequest(request.formatted(dataset).getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theShapeOfASeriesIsKnownFromItsWindowAndHorizon() {
    DatasetDescription data =
        of("{\"name\":\"s\",\"column\":\"c\",\"window\":60,\"horizon\":3}").orElseThrow();

    assertThat(data.sampleShape()).containsExactly(60, 1);
    assertThat(data.series().horizon()).isEqualTo(3);
  }

  @Test
  void theShapeOfImagesIsKnownOnlyIfSizeColorsAndClassesAreGiven() {
    String images =
        "{\"name\":\"i\",\"image_size\":[150,100],\"color_mode\":\"rgb\",\"classes\":[\"a\",\"b\"]}";

    assertThat(of(images).orElseThrow().sampleShape()).isEqualTo(List.of(150, 100, 3));
    assertThat(of(images.replace(",\"color_mode\":\"rgb\"", ""))).isEmpty();
    assertThat(of(images.replace("\"image_size\":[150,100],", ""))).isEmpty();
    assertThat(of(images.replace(",\"classes\":[\"a\",\"b\"]", ""))).isEmpty();
  }

  @Test
  void aRequestWithBalancedClassWeightsIsPlannedWithoutTheDataSet() {
    String request =
        """
        {"dataset": {"name": "i", "image_size": 8, "color_mode": "rgb", "classes": ["a", "b"]},
         "model": {"layers": [{"type": "Flatten"},
                              {"type": "Dense", "units": 2, "activation": "softmax"}]},
         "loss": "categorical_crossentropy", "class_weight": "balanced"}""";
    var read = Messages.readRequest(request.getBytes(StandardCharsets.UTF_8));

    assertThat(NetworkPlan.of(read, ForeseenData.of(read).orElseThrow()).outputs()).isEqualTo(2);
  }
}
