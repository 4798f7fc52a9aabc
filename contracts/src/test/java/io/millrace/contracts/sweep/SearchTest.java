package io.millrace.contracts.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Search.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sweep whose combinations are the trials of a search. */
class SearchTest {
  private static final String HALVING =
      "\"strategy\": \"successive_halving\", \"trials\": 27, \"max_epochs\": 27";
  private static final String GRID = "\"strategy\": \"grid\", \"max_epochs\": 4";

  @Test
  void trialsAreDrawnAndBeginWithTheEpochsOfTheirFirstRung() {
    Sweep sweep = sweep(HALVING);

    assertThat(Sweep.isSweep(bytes(request(HALVING)))).isTrue();
    assertThat(sweep.search())
        .contains(
            new Search(
                Strategy.SUCCESSIVE_HALVING,
                "val_loss",
                27,
                27,
                3,
                new Search.Finalists(3, 3),
                10,
                168.0,
                0L));
    assertThat(sweep.size()).isEqualTo(27);
    assertThat(sweep.runs()).isEqualTo(IntStream.range(0, 10).mapToObj(i -> "base-" + i).toList());
    assertThat(sweep.variants()).hasSize(27).doesNotHaveDuplicates();
    TrainingRequest first = sweep.request(26);
    assertThat(first.run()).isEqualTo("base-26");
    assertThat(first.epochs()).isEqualTo(1);
    assertThat(first.seed()).isEqualTo(7);
    assertThat(first.isExtension()).isFalse();
    assertThat(first.variant()).startsWith("learning_rate-");
    double rate = (Double) sweep.values(26).get("optimizer.learning_rate");
    assertThat(rate).isBetween(1e-5, 1e-1);
    assertThat(first.variant()).isEqualTo("learning_rate-" + rate);
  }

  @Test
  void aTrialContinuesItsRunAndAFinalistRestartsWithAnotherSeed() {
    Sweep sweep = sweep(HALVING);

    TrainingRequest third = sweep.trial(4, 2);
    assertThat(third.run()).isEqualTo("base-4");
    assertThat(third.epochs()).isEqualTo(9);
    assertThat(third.isExtension()).isTrue();
    assertThat(third.course()).isEqualTo(sweep.request(4).course());
    assertThat(sweep.trial(4, 0)).isEqualTo(sweep.request(4));

    TrainingRequest finalist = sweep.finalistRequest(4, 2);
    assertThat(finalist.run()).isEqualTo("base-4-s2").isEqualTo(Sweep.finalist("base-4", 2));
    assertThat(finalist.seed()).isEqualTo(9);
    assertThat(finalist.epochs()).isEqualTo(27);
    assertThat(finalist.isExtension()).isFalse();
    assertThat(finalist.variant()).isEqualTo(third.variant());
    assertThat(finalist.optimizer()).isEqualTo(third.optimizer());
  }

  @Test
  void theSameSeedDrawsTheSameFirstTrialsWhateverTheirNumber() {
    List<String> variants = sweep(HALVING + ", \"seed\": 3").variants();

    assertThat(sweep(HALVING + ", \"seed\": 3").variants()).isEqualTo(variants);
    assertThat(sweep(HALVING + ", \"seed\": 4").variants()).isNotEqualTo(variants);
    assertThat(
            sweep(HALVING.replace("\"trials\": 27", "\"trials\": 40") + ", \"seed\": 3").variants())
        .startsWith(variants.toArray(String[]::new));
  }

  /** Computed by hand: each rung has three times the epochs and a third of the trials. */
  @Test
  void successiveHalvingHasOneBracket() {
    assertThat(brackets(HALVING)).isEqualTo("27x1 9x3 3x9 1x27");
    assertThat(brackets(HALVING.replace("\"trials\": 27", "\"trials\": 10")))
        .isEqualTo("10x3 3x9 1x27");
    assertThat(brackets(HALVING.replace("\"max_epochs\": 27", "\"max_epochs\": 100")))
        .isEqualTo("27x3 9x11 3x33 1x100");
    assertThat(brackets(HALVING + ", \"reduction_factor\": 2"))
        .isEqualTo("27x1 13x3 6x6 3x13 1x27");
    assertThat(brackets(HALVING.replace("successive_halving", "asha")))
        .isEqualTo("27x1 9x3 3x9 1x27");
    assertThat(brackets(HALVING.replace("successive_halving", "random"))).isEqualTo("27x27");
  }

  /** Table 1 of Li and others (2018) for R = 81 and eta = 3. */
  @Test
  void hyperbandHasTheBracketsOfItsPaper() {
    assertThat(brackets("\"strategy\": \"hyperband\", \"max_epochs\": 81"))
        .isEqualTo(
            "81x1 27x3 9x9 3x27 1x81 | 34x3 11x9 3x27 1x81 | 15x9 5x27 1x81 | 8x27 2x81 | 5x81");
    Sweep sweep = sweep("\"strategy\": \"hyperband\", \"max_epochs\": 27, \"trials\": 49");
    assertThat(sweep.size()).isEqualTo(49);
    assertThat(
            IntStream.of(0, 26, 27, 38, 39, 44, 45, 48)
                .mapToObj(i -> sweep.request(i).epochs())
                .toList())
        .containsExactly(1, 1, 3, 3, 9, 9, 27, 27);
    assertThat(sweep.trial(45, 0).epochs()).isEqualTo(27);
    assertThat(sweep.trial(39, 1).epochs()).isEqualTo(27);
  }

  @Test
  void aGridTrainsEveryCombinationForAllEpochs() {
    Sweep sweep =
        Sweep.read(
            bytes(
                request(GRID)
                    .replace("{\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}", "[0.1, 0.01]")),
            "base");

    assertThat(sweep.search().orElseThrow().trials()).isEqualTo(2);
    assertThat(sweep.search().orElseThrow().finalists().count()).isEqualTo(2);
    assertThat(sweep.search().orElseThrow().reductionFactor()).isNull();
    assertThat(sweep.request(1).epochs()).isEqualTo(4);
    assertThat(sweep.values(1)).containsEntry("optimizer.learning_rate", 0.01);
    byte[] written = Messages.write(sweep.search().orElseThrow());
    assertThat(Messages.read(written, Search.class)).isEqualTo(sweep.search().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          search.strategy         | is required      | "trials": 9, "max_epochs": 9
          search.strategy         | give one of      | "strategy": "luck", "trials": 9, "max_epochs": 9
          search.strategy         | give asha        | "strategy": "bayesian", "trials": 9, "max_epochs": 9
          search.trials           | is required      | "strategy": "random", "max_epochs": 9
          search.trials           | 2..500           | "strategy": "random", "max_epochs": 9, "trials": 1
          search.trials           | 2..500           | "strategy": "random", "max_epochs": 9, "trials": 501
          search.trials           | at least 3       | "strategy": "asha", "max_epochs": 9, "trials": 2
          search.trials           | the 17 trials    | "strategy": "hyperband", "max_epochs": 9, "trials": 27
          search.max_epochs       | is required      | "strategy": "random", "trials": 9
          search.max_epochs       | 1..10000         | "strategy": "random", "trials": 9, "max_epochs": 10001
          search.max_epochs       | at least 3       | "strategy": "asha", "trials": 9, "max_epochs": 2
          search.max_epochs       | trials, but a search has at most 500 | "strategy": "hyperband", "max_epochs": 10000
          search.reduction_factor | 2..10            | "strategy": "asha", "trials": 9, "max_epochs": 9, "reduction_factor": 1
          search.reduction_factor | 2..10            | "strategy": "asha", "trials": 9, "max_epochs": 9, "reduction_factor": 11
          search.reduction_factor | leave it out     | "strategy": "random", "trials": 9, "max_epochs": 9, "reduction_factor": 3
          search.metric           | give one of loss, val_loss, acc, val_acc | "strategy": "random", "trials": 9, "max_epochs": 9, "metric": "test_acc"
          search.finalists.count  | 1..20            | "strategy": "random", "trials": 30, "max_epochs": 9, "finalists": {"count": 21}
          search.finalists.count  | 1..9             | "strategy": "random", "trials": 9, "max_epochs": 9, "finalists": {"count": 10}
          search.finalists.count  | 1..20            | "strategy": "random", "trials": 9, "max_epochs": 9, "finalists": {"count": 0}
          search.finalists.seeds  | 2..50            | "strategy": "random", "trials": 9, "max_epochs": 9, "finalists": {"seeds": 1}
          search.finalists.seeds  | 2..50            | "strategy": "random", "trials": 9, "max_epochs": 9, "finalists": {"seeds": 51}
          search.finalists.seed   | is not a field   | "strategy": "random", "trials": 9, "max_epochs": 9, "finalists": {"seed": 2}
          search.finalists        | at most 1000     | "strategy": "random", "trials": 200, "max_epochs": 9, "finalists": {"count": 20, "seeds": 50}
          search.concurrency      | 1..100           | "strategy": "random", "trials": 9, "max_epochs": 9, "concurrency": 0
          search.concurrency      | 1..100           | "strategy": "random", "trials": 9, "max_epochs": 9, "concurrency": 101
          search.max_hours        | 0.1..720         | "strategy": "random", "trials": 9, "max_epochs": 9, "max_hours": 0
          search.epochs           | is not a field   | "strategy": "random", "trials": 9, "max_epochs": 9, "epochs": 9
          optimizer.learning_rate | a grid needs lists | "strategy": "grid", "max_epochs": 9
          """)
  void theErrorNamesTheInvalidSearchField(String field, String reason, String search) {
    refused(field, reason, request(search));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          epochs   | "epochs": 5
          epochs   | "epochs": {"sweep": [1, 2]}
          extend   | "extend": true
          seeds    | "seeds": 3
          seeds    | "seeds": {"from": 2, "to": 3}
          sweep    | "sweep": {"draws": 5}
          variants | "variants": [{"variant": "a"}, {"variant": "b"}]
          """)
  void fieldsThatASearchReplacesCannotBeCombinedWithIt(String field, String beside) {
    refused(
        field,
        "cannot be combined with a search",
        request(HALVING).replace("\"metrics\": [\"acc\"]", beside));
  }

  @Test
  void aSearchNeedsAnExperimentASweptFieldAndAValidationFractionForAValMetric() {
    refused("experiment", "is required", request(HALVING).replace("\"experiment\": \"e\",", ""));
    refused(
        "search",
        "needs a swept field",
        request(HALVING)
            .replace("{\"sweep\": {\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}}", "0.1"));
    String tested = request(HALVING).replace(", \"validation_fraction\": 0.1", "");
    refused("dataset.validation_fraction", "is required to rank trials by val_loss", tested);
    assertThat(
            Sweep.read(
                    bytes(tested.replace("\"search\": {", "\"search\": {\"metric\": \"loss\", ")),
                    "base")
                .search()
                .orElseThrow()
                .metric())
        .isEqualTo("loss");
    refused(
        "seed",
        "is too large: the finalists use the seeds after it",
        request(HALVING).replace("\"seed\": 7", "\"seed\": " + Long.MAX_VALUE));
    refused(
        "search.trials",
        "only about 3 different combinations",
        request(HALVING)
            .replace("{\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}", "[0.1, 0.2, 0.3]"));
    refused(
        "search.trials",
        "3 does not match the 2 combinations",
        request(GRID + ", \"trials\": 3")
            .replace("{\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}", "[0.1, 0.2]"));
    refused(
        "search",
        "more than 500",
        request(GRID)
            .replace(
                "{\"min\": 1e-5, \"max\": 1e-1, \"scale\": \"log\"}",
                IntStream.range(1, 502).mapToObj(i -> "" + i).toList().toString()));
  }

  private static String brackets(String search) {
    return sweep(search).search().orElseThrow().brackets().stream()
        .map(
            bracket ->
                IntStream.range(0, bracket.rungs())
                    .mapToObj(rung -> bracket.sizes().get(rung) + "x" + bracket.epochs().get(rung))
                    .collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" | "));
  }

  private static void refused(String field, String reason, String request) {
    assertThatThrownBy(() -> Sweep.read(bytes(request), "base"))
        .hasMessageContaining(reason)
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
  }

  private static Sweep sweep(String search) {
    return Sweep.read(bytes(request(search)), "base");
  }

  private static String request(String search) {
    return """
        {"experiment": "e", "seed": 7, "search": {%s},
         "dataset": {"name": "flowers", "validation_fraction": 0.1},
         "model": {"layers": [{"type": "Flatten"},
                              {"type": "Dense", "units": 2, "activation": "softmax"}]},
         "loss": "categorical_crossentropy", "metrics": ["acc"],
         "optimizer": {"type": "SGD", "learning_rate":
             {"sweep": {"min": 1e-5, "max": 1e-1, "scale": "log"}}}}
        """
        .formatted(search);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
