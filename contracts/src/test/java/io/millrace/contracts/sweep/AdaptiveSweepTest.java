package io.millrace.contracts.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Named variants and adaptive seeds. */
class AdaptiveSweepTest {
  private static final String TWO =
      "\"variants\": [{\"variant\": \"plain\"}, {\"variant\": \"turned\","
          + " \"augmentation\": {\"rotation_range\": 10}}], ";

  @Test
  void aVariantIsMergedIntoTheRequestAndNullRemovesAField() {
    Sweep sweep =
        sweep(
            "\"seeds\": 2, \"augmentation\": {\"rotation_range\": 10, \"zoom_range\": 0.1},"
                + " \"variants\": [{\"variant\": \"plain\", \"augmentation\": null},"
                + " {\"variant\": \"zoomed\", \"augmentation\": {\"rotation_range\": null}},"
                + " {\"variant\": \"adam\", \"optimizer\": {\"type\": \"Adam\"},"
                + " \"metrics\": [\"f1\"]}], ");

    List<TrainingRequest> requests = requests(sweep);
    assertThat(sweep.variants()).containsExactly("plain", "zoomed", "adam");
    assertThat(requests)
        .extracting(TrainingRequest::variant)
        .containsExactly("plain", "plain", "zoomed", "zoomed", "adam", "adam");
    assertThat(requests).extracting(TrainingRequest::seed).containsExactly(0L, 1L, 0L, 1L, 0L, 1L);
    assertThat(requests.get(0).augmentation().rotationRange()).isZero();
    assertThat(requests.get(0).augmentation().zoomRange().lower()).isEqualTo(1);
    assertThat(requests.get(2).augmentation().rotationRange()).isZero();
    assertThat(requests.get(2).augmentation().zoomRange().lower()).isEqualTo(0.9);
    JsonNode adam = Messages.tree(requests.get(4));
    assertThat(adam.path("optimizer").path("type").asText()).isEqualTo("Adam");
    assertThat(adam.path("metrics").get(0).asText()).isEqualTo("f1");
    assertThat(adam.path("augmentation").path("rotation_range").asDouble()).isEqualTo(10);
  }

  @Test
  void variantsAndSweptValuesMakeEveryCombination() {
    Sweep sweep = sweep("\"epochs\": {\"sweep\": [1, 2]}, " + TWO);

    assertThat(sweep.runs()).containsExactly("base-0", "base-1", "base-2", "base-3");
    assertThat(sweep.variants())
        .containsExactly("plain_epochs-1", "plain_epochs-2", "turned_epochs-1", "turned_epochs-2");
    assertThat(sweep.request(3).epochs()).isEqualTo(2);
    assertThat(sweep.request(3).augmentation().rotationRange()).isEqualTo(10);
    assertThat(sweep.request(1).augmentation().rotationRange()).isZero();
  }

  @Test
  void onlyTheFirstSeedsAreRequestedAtTheStart() {
    Sweep sweep = sweep("\"seeds\": {\"from\": 2, \"to\": 5, \"until\": \"decided\"}, " + TWO);

    assertThat(sweep.size()).isEqualTo(10);
    assertThat(sweep.seedsPerVariant()).isEqualTo(5);
    assertThat(sweep.runs()).containsExactly("base-0", "base-1", "base-5", "base-6");
    assertThat(sweep.request(9).seed()).isEqualTo(4);
    assertThat(sweep.request(9).run()).isEqualTo("base-9");
    assertThat(sweep.variantOf(9)).isEqualTo("turned");
    assertThat(sweep.adaptive())
        .contains(new AdaptiveSeeds(2, 5, "decided", "test_acc", "plain", null, 168.0));
  }

  @Test
  void theDefaultsAre3To12SeedsTheFirstMetricAndAUsualBaseline() {
    assertThat(sweep("\"seeds\": {}, " + TWO).adaptive())
        .contains(new AdaptiveSeeds(3, 12, "decided", "test_acc", "plain", null, 168.0));
    AdaptiveSeeds given =
        sweep(
                "\"seeds\": {\"to\": 2, \"metric\": \"test_loss\", \"baseline\": \"turned\","
                    + " \"smallest_effect\": 0.01, \"max_hours\": 0.5}, "
                    + TWO)
            .adaptive()
            .orElseThrow();
    assertThat(given)
        .isEqualTo(new AdaptiveSeeds(2, 2, "decided", "test_loss", "turned", 0.01, 0.5));
    AdaptiveSeeds swept =
        sweep("\"seeds\": {}, \"metrics\": [], \"epochs\": {\"sweep\": [1, 2]}, ")
            .adaptive()
            .orElseThrow();
    assertThat(swept.baseline()).isEqualTo("epochs-1");
    assertThat(swept.metric()).isEqualTo("test_loss");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          seeds.from            | "seeds": {"from": 1},
          seeds.from            | "seeds": {"from": 6, "to": 5},
          seeds.to              | "seeds": {"to": 51},
          seeds.until           | "seeds": {"until": "bored"},
          seeds.metric          | "seeds": {"metric": "test_f1"},
          seeds.baseline        | "seeds": {"baseline": "turnd"},
          seeds.smallest_effect | "seeds": {"smallest_effect": 0},
          seeds.max_hours       | "seeds": {"max_hours": 0.01},
          seeds.max_hour        | "seeds": {"max_hour": 1},
          seeds                 | "seeds": {}, "seed": 1,
          extend                | "seeds": {}, "extend": true,
          variant               | "variant": "both",
          """)
  void theErrorNamesTheInvalidSeedsField(String field, String head) {
    refused(field, head + " " + TWO);
  }

  @Test
  void adaptiveSeedsNeedAnExperimentAndTwoVariants() {
    refused("seeds", "\"seeds\": {}, ");
    assertThatThrownBy(
            () ->
                Sweep.read(
                    bytes(request("\"seeds\": {}, " + TWO).replace("\"experiment\": \"e\",", "")),
                    "base"))
        .hasMessageStartingWith("experiment: is required");
    // 21 variants with up to 50 seeds each; 2 seeds of each are requested first.
    String many =
        IntStream.range(0, 21).mapToObj(i -> "{\"variant\": \"v" + i + "\"}").toList().toString();
    assertThatThrownBy(
            () -> sweep("\"seeds\": {\"from\": 2, \"to\": 50}, \"variants\": " + many + ", "))
        .hasMessageContaining("more than 1000 runs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          variants                        | {"variant": "a"}
          variants[1]                     | {"variant": "a"}, 5
          variants[1].variant             | {"variant": "a"}, {"epochs": 2}
          variants[1].variant             | {"variant": "a"}, {"variant": 7}
          variants[1].variant             | {"variant": "a"}, {"variant": "b c"}
          variants[1].variant             | {"variant": "a"}, {"variant": "a"}
          variants[1].seed                | {"variant": "a"}, {"variant": "b", "seed": 1}
          variants[1].experiment          | {"variant": "a"}, {"variant": "b", "experiment": "f"}
          variants[1].run                 | {"variant": "a"}, {"variant": "b", "run": "r"}
          variants[1].version             | {"variant": "a"}, {"variant": "b", "version": 1}
          variants[1].epochs              | {"variant": "a"}, {"variant": "b", "epochs": {"sweep": [1]}}
          variants[1].epochs              | {"variant": "a"}, {"variant": "b", "epochs": 0}
          variants[1].epocs               | {"variant": "a"}, {"variant": "b", "epocs": 1}
          variants[1].model.layers[0].rate | {"variant": "a"}, {"variant": "b", "model": {"layers": [{"type": "Dropout", "rate": 2}]}}
          variants[1].dataset             | {"variant": "a"}, {"variant": "b", "dataset": null}
          """)
  void theErrorNamesTheInvalidFieldOfAVariant(String field, String variants) {
    refused(field, "\"variants\": [" + variants + "], ");
  }

  @Test
  void aVariantThatSetsASweptFieldIsRefused() {
    refused(
        "variants[1].optimizer.learning_rate",
        "\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": {\"sweep\": [0.1, 0.2]}},"
            + " \"variants\": [{\"variant\": \"a\"}, {\"variant\": \"b\", \"optimizer\": \"SGD\"}],"
            + " ");
  }

  @Test
  void aLongNameKeepsItsEndAndIsAlwaysShortenedAlike() {
    String name = LongNames.fit("v".repeat(150), "-s12");

    assertThat(name)
        .hasSize(100)
        .endsWith("-s12")
        .isEqualTo(LongNames.fit("v".repeat(150), "-s12"));
    assertThat(name).isNotEqualTo(LongNames.fit("v".repeat(151), "-s12"));
    assertThat(LongNames.fit("shoes-plain", "-s3")).isEqualTo("shoes-plain-s3");
  }

  private static void refused(String field, String head) {
    assertThatThrownBy(() -> sweep(head))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
  }

  private static List<TrainingRequest> requests(Sweep sweep) {
    return IntStream.range(0, sweep.size()).mapToObj(sweep::request).toList();
  }

  private static Sweep sweep(String head) {
    return Sweep.read(bytes(request(head)), "base");
  }

  private static String request(String head) {
    return "{"
        + head
        + (head.contains("\"metrics\": []") ? "" : "\"metrics\": [\"acc\"], ")
        + """
        "experiment": "e", "dataset": {"name": "flowers"},
         "model": {"layers": [{"type": "Flatten"},
                              {"type": "Dense", "units": 2, "activation": "softmax"}]},
         "loss": "categorical_crossentropy"}
        """;
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
