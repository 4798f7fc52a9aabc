package io.millrace.contracts.network;

import static io.millrace.contracts.ExampleRequests.JSON;
import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The input shape of a Keras model and the shape of the data. */
class InputShapeTest {
  private static TrainingRequest request(String shape) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request
        .putObject("model")
        .set(
            "keras",
            tree(
                """
                {"class_name": "Sequential", "config": {"layers": [
                  {"class_name": "InputLayer", "config": {"batch_shape": %s}},
                  {"class_name": "Flatten", "config": {}},
                  {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}}]}}
                """
                    .formatted(shape.replace("[", "[null, "))));
    return Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static DatasetDescription data(String shape) throws IOException {
    List<Integer> sample = JSON.readerForListOf(Integer.class).readValue(shape);
    return new DatasetDescription(
        null, sample, 1, 0, 1, List.of("a", "b"), List.of(1, 1), null, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [784]       | [28, 28, 1]
          [28, 28]    | [28, 28, 1]
          [28, 28, 1] | [784]
          [28, 28, 1] | [28, 28, 1]
          [60]        | [60, 1]
          [1, 5]      | [5, 1]
          [1, 12]     | [12]
          [150528]    | [224, 224, 3]
          """)
  void samplesAreReshapedToTheInputShapeOfTheModel(String shape, String sample) throws IOException {
    NetworkPlan plan = NetworkPlan.of(request(shape), data(sample));

    assertThat(plan.inputShape().toString()).isEqualTo(shape);
    long values = plan.inputShape().stream().mapToInt(n -> n).reduce(1, (a, b) -> a * b);
    assertThat(plan.parameters()).isEqualTo(2 * values + 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [785]        | [28, 28, 1]
          [3, 28, 28]  | [28, 28, 3]
          [5, 3]       | [3, 5]
          [14, 56]     | [28, 28, 1]
          [1, 1, 1, 4] | [2, 2, 1]
          """)
  void incompatibleSampleShapesAreRefused(String shape, String sample) {
    assertThatThrownBy(() -> NetworkPlan.of(request(shape), data(sample)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "model.keras: takes samples of shape "
                + shape
                + ", but the data set has samples of shape "
                + sample);
  }

  @Test
  void aModelWithAnOpenInputSizeKeepsTheShapeOfTheData() throws IOException {
    assertThat(NetworkPlan.of(request("[null, 28, 1]"), data("[28, 28, 1]")).inputShape())
        .containsExactly(28, 28, 1);
  }
}
