package io.millrace.results.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestFieldsTest {
  @SuppressWarnings("unchecked")
  private static RequestChanges.Request request(String request, boolean resolved) {
    return new RequestChanges.Request(
        Messages.read(request.getBytes(StandardCharsets.UTF_8), Map.class), resolved, false);
  }

  private static List<RequestFields.Field> fields(String... requests) {
    return RequestFields.of(Arrays.stream(requests).map(request -> request(request, true)).toList())
        .fields();
  }

  private static List<String> varying(String... requests) {
    return fields(requests).stream()
        .filter(RequestFields.Field::varies)
        .map(RequestFields.Field::path)
        .toList();
  }

  @Test
  void fieldsAreListedByPathWithTheirNumberOfDistinctValues() {
    String request =
        """
        {"run": "%1$s", "seed": 1, "batch_size": %2$s, "dataset": {"image_size": [%2$s, 28]},
         "model": {"layers": [{"type": "Flatten"}, {"type": "Dropout", "rate": %3$s}]}}
        """;

    List<RequestFields.Field> found =
        fields(request.formatted("a", "32", "0.5"), request.formatted("b", "64", "0.50"));

    assertThat(found)
        .extracting(RequestFields.Field::path, RequestFields.Field::distinct)
        .containsExactly(
            tuple("batch_size", 2),
            tuple("dataset.image_size", 2),
            tuple("model.layers[0].type", 1),
            tuple("model.layers[1].type", 1),
            tuple("model.layers[1].rate", 1));
    assertThat(found.get(0).values()).containsExactly(32, 64);
  }

  @Test
  void layerListsOfDifferentTypesAreOneField() {
    List<RequestFields.Field> found =
        fields(
            "{\"model\": {\"layers\": [{\"type\": \"Flatten\"}, {\"type\": \"Dense\"}]}}",
            "{\"model\": {\"layers\": [{\"type\": \"Dense\", \"units\": 3}]}}");

    assertThat(found).extracting(RequestFields.Field::path).containsExactly("model.layers");
    assertThat(found.get(0).values())
        .containsExactly(List.of("Flatten", "Dense"), List.of("Dense"));
  }

  @Test
  void aFieldThatOnlyOneTypeHasIsNoSeparateDifference() {
    assertThat(
            varying(
                "{\"optimizer\": {\"type\": \"SGD\", \"learning_rate\": 0.1, \"momentum\": 0}}",
                "{\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": 0.001}}"))
        .containsExactly("optimizer.type", "optimizer.learning_rate");
    assertThat(varying("{\"class_weight\": \"balanced\"}", "{}")).containsExactly("class_weight");
  }

  @Test
  void theLearningRateOfAScheduleIsItsInitialValue() {
    String schedule =
        """
        {"optimizer": {"type": "SGD", "learning_rate":
          {"type": "ExponentialDecay", "initial_learning_rate": 0.1, "decay_rate": %s}}}
        """;
    List<RequestFields.Field> found =
        fields(
            "{\"optimizer\": {\"type\": \"SGD\", \"learning_rate\": 0.2}}",
            schedule.formatted("0.9"),
            schedule.formatted("0.5"));

    assertThat(found.get(1).path()).isEqualTo("optimizer.learning_rate");
    assertThat(found.get(1).values()).containsExactly(0.2, 0.1, 0.1);
    assertThat(found)
        .filteredOn(RequestFields.Field::varies)
        .extracting(RequestFields.Field::path)
        .containsExactly("optimizer.learning_rate", "optimizer.learning_rate.decay_rate");
  }

  @Test
  void dataPropertiesFoundByATrainerAreNoDifferenceWhileOtherRunsWait() {
    List<RequestFields.Field> found =
        RequestFields.of(
                List.of(
                    request("{\"dataset\": {\"name\": \"a\"}}", false),
                    request("{\"dataset\": {\"name\": \"a\", \"classes\": [\"x\", \"y\"]}}", true)))
            .fields();

    assertThat(found).extracting(RequestFields.Field::varies).containsExactly(false, false);
  }
}
