package io.millrace.contracts.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SweepTest {
  @Test
  void aGridHasEveryCombinationAndTheSeedChangesFastest() {
    Sweep sweep =
        sweep(
            "\"seeds\": 2, \"variant\": \"drop\", ",
            "{\"sweep\": [0.0, 0.5]}",
            "{\"sweep\": [16, 32]}",
            "");

    assertThat(sweep.runs()).hasSize(8).startsWith("base-0", "base-1").endsWith("base-7");
    assertThat(requests(sweep))
        .extracting(TrainingRequest::variant)
        .containsExactly(
            "drop_rate-0.0_batch_size-16",
            "drop_rate-0.0_batch_size-16",
            "drop_rate-0.0_batch_size-32",
            "drop_rate-0.0_batch_size-32",
            "drop_rate-0.5_batch_size-16",
            "drop_rate-0.5_batch_size-16",
            "drop_rate-0.5_batch_size-32",
            "drop_rate-0.5_batch_size-32");
    assertThat(requests(sweep))
        .extracting(TrainingRequest::seed)
        .containsExactly(0L, 1L, 0L, 1L, 0L, 1L, 0L, 1L);
    assertThat(requests(sweep)).extracting(TrainingRequest::batchSize).contains(16, 32);
    assertThat(requests(sweep)).extracting(TrainingRequest::run).isEqualTo(sweep.runs());
  }

  @Test
  void seedsAloneMakeReplicatesOfOneVariant() {
    Sweep sweep = sweep("\"seeds\": [7, 11], ", "0.5", "32", "");

    assertThat(requests(sweep)).extracting(TrainingRequest::seed).containsExactly(7L, 11L);
    assertThat(requests(sweep)).extracting(TrainingRequest::variant).containsOnly("default");
  }

  @Test
  void variantsNameObjectsByTypeAndAmbiguousFieldsByALongerPath() {
    Sweep sweep =
        sweep(
            "",
            "{\"sweep\": [0.1, 0.2]}",
            "32",
            ", \"optimizer\": {\"sweep\": [{\"type\": \"SGD\"},"
                + " {\"type\": \"Adam\"}, {\"type\": \"Adam\", \"amsgrad\": true}]},"
                + " \"augmentation\": {\"transforms\": [{\"type\": \"rotation\", \"range\":"
                + " {\"sweep\": [5, 10]}}, {\"type\": \"shear\", \"range\": {\"sweep\": [1]}}]}");

    assertThat(requests(sweep))
        .extracting(TrainingRequest::variant)
        .doesNotHaveDuplicates()
        .contains(
            "rate-0.1_optimizer-SGD_transforms0.range-5_transforms1.range-1",
            "rate-0.2_optimizer-Adam.1_transforms0.range-10_transforms1.range-1",
            "rate-0.2_optimizer-Adam.2_transforms0.range-10_transforms1.range-1");
  }

  @Property(tries = 100)
  void drawsAreDistinctWithinTheirRangesAndReproducible(
      @ForAll @IntRange(min = 1, max = 40) int draws, @ForAll @LongRange(min = -9) long seed) {
    Sweep sweep = drawn(draws, seed);

    List<TrainingRequest> requests = requests(sweep);
    assertThat(requests).hasSize(draws).isEqualTo(requests(drawn(draws, seed)));
    assertThat(requests).extracting(TrainingRequest::variant).doesNotHaveDuplicates();
    for (TrainingRequest request : requests) {
      JsonNode json = Messages.tree(request);
      assertThat(json.path("optimizer").path("learning_rate").asDouble()).isBetween(1e-5, 1e-1);
      assertThat(request.batchSize()).isBetween(8, 64);
    }
    assertThat(requests(drawn(draws + 1, seed)).subList(0, draws)).isEqualTo(requests);
  }

  @Test
  void drawsOnALogarithmicScaleAreSpreadEvenlyOverTheDecades() {
    Sweep sweep = drawn(1_000, 1);

    long low =
        requests(sweep).stream()
            .map(request -> Messages.tree(request).path("optimizer").path("learning_rate"))
            .filter(rate -> rate.asDouble() < 1e-3)
            .count();

    // Half of 1,000, within four standard deviations of a fair coin.
    assertThat(low).isBetween(437L, 563L);
  }

  @Test
  void theErrorNamesTheInvalidField() {
    refused("seeds", "\"seed\": 1, \"seeds\": 2, ", "0.5", "32", "");
    refused("seeds", "\"seeds\": 0, ", "0.5", "32", "");
    refused("seeds", "\"seeds\": [1, 1], ", "0.5", "32", "");
    refused("seeds[1]", "\"seeds\": [1, null], ", "0.5", "32", "");
    refused("seed", "\"seed\": {\"sweep\": [1, 2]}, ", "0.5", "32", "");
    refused("batch_size.sweep", "", "0.5", "{\"sweep\": []}", "");
    refused("batch_size.sweep[1]", "", "0.5", "{\"sweep\": [1, 1]}", "");
    refused("batch_size.sweep", "", "0.5", "{\"sweep\": 5}", "");
    refused("batch_size", "", "0.5", "{\"sweep\": {\"min\": 1, \"max\": 2}}", "");
    refused("batch_size", "", "0.5", "{\"sweep\": [{\"sweep\": [1]}]}", "");
    refused("model.layers[1].rate", "", "{\"sweep\": [0.5, 1.5]}", "32", "");
    refused("sweep", "\"sweep\": {\"draws\": 3}, ", "0.5", "32", "");
    String draws = "\"sweep\": {\"draws\": 3}, ";
    refused("sweep.draws", draws, "{\"sweep\": [0.1, 0.2]}", "32", "");
    refused("batch_size.sweep.max", draws, "0.5", "{\"sweep\": {\"min\": 2, \"max\": 2}}", "");
    refused(
        "batch_size.sweep.min",
        draws,
        "0.5",
        "{\"sweep\": {\"min\": 0, \"max\": 2, \"scale\": \"log\"}}",
        "");
    refused(
        "batch_size.sweep.scale",
        draws,
        "0.5",
        "{\"sweep\": {\"min\": 1, \"max\": 2, \"scale\": \"cubic\"}}",
        "");
    refused(
        "batch_size.sweep.maxi",
        draws,
        "0.5",
        "{\"sweep\": {\"min\": 1, \"max\": 2, \"maxi\": 2}}",
        "");
    refused("epocs", "\"seeds\": 2, \"epocs\": 3, ", "0.5", "32", "");
  }

  @Test
  void moreThanAThousandRunsAreRefused() {
    String thirty = IntStream.range(1, 35).mapToObj(i -> "0." + (100 + i)).toList().toString();
    String sizes = IntStream.range(1, 35).boxed().toList().toString();

    refused("", "", "{\"sweep\": " + thirty + "}", "{\"sweep\": " + sizes + "}", "");
  }

  @Test
  void tooLongVariantNamesAreShortenedAndStayUnique() {
    Sweep sweep =
        sweep(
            "\"variant\": \"" + "v".repeat(90) + "\", ",
            "{\"sweep\": [0.12345, 0.12346]}",
            "{\"sweep\": [16, 32]}",
            "");

    assertThat(requests(sweep))
        .extracting(TrainingRequest::variant)
        .doesNotHaveDuplicates()
        .allSatisfy(variant -> assertThat(variant).hasSizeLessThanOrEqualTo(100));
  }

  @Test
  void anOrdinaryRequestIsNotASweep() {
    assertThat(Sweep.isSweep(bytes(request("", "0.5", "32", "")))).isFalse();
    assertThat(Sweep.isSweep(bytes(request("\"seeds\": 1, ", "0.5", "32", "")))).isTrue();
    assertThat(Sweep.isSweep(bytes(request("", "{\"sweep\": [1]}", "32", "")))).isTrue();
    assertThat(Sweep.isSweep(bytes("[1, 2]"))).isFalse();
  }

  private static void refused(String field, String head, String rate, String size, String tail) {
    assertThatThrownBy(() -> sweep(head, rate, size, tail))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
  }

  private static Sweep drawn(int draws, long seed) {
    return sweep(
        "\"sweep\": {\"draws\": " + draws + ", \"seed\": " + seed + "}, ",
        "0.5",
        "{\"sweep\": {\"min\": 8, \"max\": 64}}",
        ", \"optimizer\": {\"type\": \"Adam\", \"learning_rate\":"
            + " {\"sweep\": {\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}}}");
  }

  private static List<TrainingRequest> requests(Sweep sweep) {
    return IntStream.range(0, sweep.size()).mapToObj(sweep::request).toList();
  }

  private static Sweep sweep(String head, String rate, String size, String tail) {
    return Sweep.read(bytes(request(head, rate, size, tail)), "base");
  }

  private static String request(String head, String rate, String size, String tail) {
    return """
        {%s "dataset": {"name": "flowers"},
         "model": {"layers": [{"type": "Flatten"}, {"type": "Dropout", "rate": %s},
                              {"type": "Dense", "units": 2, "activation": "softmax"}]},
         "loss": "categorical_crossentropy", "batch_size": %s%s}
        """
        .formatted(head, rate, size, tail);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void moreThan64SweptFieldsAreRefusedBeforeTheyAreExpanded() {
    // Each field has 1,000 values that take long to compare and a path that takes long to write.
    String axis = "{\"sweep\": " + IntStream.range(0, 1_000).boxed().toList() + "}";
    for (int axes : new int[] {65, 700}) {
      String many = String.join(",", Collections.nCopies(axes, axis));
      assertThatThrownBy(() -> Sweep.read(bytes("{\"x\": {\"y\": [" + many + "]}}"), "base"))
          .isInstanceOf(InvalidMessageException.class)
          .hasMessage("x.y[64]: is one swept field too many; sweep at most 64");
    }
    assertThatThrownBy(
            () ->
                Sweep.read(bytes("{\"x\": [" + "{\"sweep\":[1]},".repeat(200_000) + "0]}"), "base"))
        .hasMessageStartingWith("x[64]: ");
  }

  @Test
  void aThousandValuesWithTheSameNameAreDistinguishedByTheirIndex() {
    String options =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "{\"type\": \"SGD\", \"momentum\": 0." + (1_000 + i) + "}")
            .toList()
            .toString();

    Sweep sweep = sweep("", "0.5", "32", ", \"optimizer\": {\"sweep\": " + options + "}");

    assertThat(sweep.size()).isEqualTo(1_000);
    assertThat(sweep.request(999).variant()).isEqualTo("optimizer-SGD.999");
  }

  @Test
  void aRequestTooLargeWhenWrittenIsRefusedAndTheErrorNamesTheField() {
    // 3.2 MB as given, 4.8 MB as written: 1e9 becomes 1.0E9.
    String numbers = "[" + "1e9,".repeat(800_000) + "1]";
    String keras =
        "{\"keras\": {\"class_name\": \"Sequential\", \"build_config\": "
            + numbers
            + ", \"config\": {\"layers\": [{\"class_name\": \"Dense\", \"config\":"
            + " {\"units\": 2}}]}}}";
    byte[] request =
        bytes(
            "{\"seeds\": 2, \"dataset\": {\"name\": \"d\"}, \"loss\": \"mse\", \"model\": "
                + keras
                + "}");

    assertThat(request).hasSizeLessThan(Messages.MAX_BYTES);
    assertThatThrownBy(() -> Sweep.read(request, "base"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageMatching(
            "model: makes the request, with its defaults, \\d+ bytes long; give at most 3145728");
  }

  @Test
  void theWrittenRequestsOfASweepHaveATotalSizeLimit() {
    // 60 KB as given, in 1,000 runs; a third more as written.
    String keras =
        "{\"keras\": {\"class_name\": \"Sequential\", \"build_config\": ["
            + "1e9,".repeat(15_000)
            + "1], \"config\": {\"layers\": [{\"class_name\": \"Dense\", \"config\":"
            + " {\"units\": 2}}]}}}";

    assertThatThrownBy(
            () ->
                Sweep.read(
                    bytes(
                        "{\"seeds\": 1000, \"dataset\": {\"name\": \"d\"}, \"loss\": \"mse\","
                            + " \"model\": "
                            + keras
                            + "}"),
                    "base"))
        .hasMessageStartingWith("the 1000 requests have more than 67108864 bytes");
  }
}
