package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ComparisonTextTest {

  @Test
  void theAnswerFollowsTheTableWithoutRepeatedSentences() throws Exception {
    String text =
        text(
            variant("none", 0.80, "null"),
            variant("augmented", 0.85, "{\"sentence\": \"augmented helps: so and so\"}"),
            variant("adam", 0.85, "{\"sentence\": \"It is not clear yet whether adam helps\"}"));

    assertThat(text)
        .endsWith(
            "\n\naugmented helps: so and so; 2 variants were compared.\n"
                + "It is not clear yet whether adam helps.\n");
    assertThat(text.lines().filter(line -> line.startsWith("none")))
        .as("half of the interval follows ±")
        .singleElement()
        .asString()
        .contains("0.8000 ± 0.0300");
    assertThat(text).startsWith("Experiment e (± is half the 95% confidence interval)\n");
  }

  @Test
  void theTableHasAColumnForTheGeneralizationGap() throws Exception {
    assertThat(text(variant("none", 0.80, "null")).lines())
        .anyMatch(line -> line.contains("train−val acc"))
        .anyMatch(line -> line.startsWith("none") && line.contains("0.0625"));
  }

  @Test
  void theBestEpochIsCountedFromOne() throws Exception {
    String variant =
        variant("none", 0.80, "null")
            .replace("\"test\": {", "\"best_epoch\": {\"mean\": 2.5}, \"test\": {");

    assertThat(text(variant).lines())
        .anyMatch(line -> line.startsWith("none") && line.contains(" 3.5 "));
  }

  @Test
  void aNarrowTerminalHidesColumnsAndListsTheirNames() throws Exception {
    JsonNode experiment = new ObjectMapper().readTree(json(variant("none", 0.80, "null")));
    String whole = new ComparisonText(experiment).text(0);
    String narrow = new ComparisonText(experiment).text(60);

    assertThat(whole).contains("samples/s").doesNotContain("hidden");
    assertThat(narrow).contains("(hidden: samples/s, ").contains("; --wide shows all)");
    assertThat(narrow.lines().takeWhile(line -> !line.startsWith("(hidden")))
        .allMatch(line -> line.length() <= 60)
        .anyMatch(line -> line.startsWith("none") && line.contains("0.8000 ± 0.0300"));
  }

  @Test
  void aVariantNoBetterThanTheNaiveBaselineIsReported() throws Exception {
    assertThat(text(variant("plain", 0.10, "null")))
        .contains("baseline: majority_class")
        .contains("plain: no better than the naive baseline (acc 0.1000 versus 0.1000)");
  }

  @Test
  void aMetricThatIsNotFiniteInAnyRunIsShownAsNotFinite() throws Exception {
    String row =
        text(variant("none", 0.80, "null").replace("\"test\": {", "\"test\": {\"r2\": null, "))
            .lines()
            .filter(line -> line.startsWith("none"))
            .findFirst()
            .orElseThrow();

    assertThat(row).contains("not finite").contains("0.8000");
  }

  @Test
  void startedTrialsOfASearchAreListedWithTheMostEpochsAndBestValueFirst() throws Exception {
    String json =
        """
        {"experiment": "e", "metric": "test_loss", "higher_is_better": false,
         "answer": "The search is running: 1 of 4 trials stopped", "variants": [],
         "search": {"strategy": "asha", "metric": "val_loss", "higher_is_better": false,
                    "epochs_spent": 5, "epochs_in_full": 36, "trials": [
           {"trial": 0, "variant": "rate-0.1", "rung": 0, "epochs": 1, "value": 2.0,
            "status": "stopped", "stopped": "stopped after 1 epoch: 3rd of 3"},
           {"trial": 1, "variant": "rate-0.2", "rung": 0, "epochs": 1, "value": 1.5,
            "status": "held"},
           {"trial": 2, "variant": "rate-0.3", "rung": 1, "epochs": 3, "value": 1.0,
            "status": "training"},
           {"trial": 3, "variant": "rate-0.4", "epochs": 0, "status": "waiting"}]}}
        """;

    assertThat(new ComparisonText(new ObjectMapper().readTree(json)).toString().lines())
        .filteredOn(line -> line.matches("\\d .*|Search .*|and .*|The .*"))
        .map(line -> line.replaceAll(" +", " "))
        .containsExactly(
            "Search by asha: 5 of 36 epochs spent",
            "2 rate-0.3 3 1.0000 training",
            "1 rate-0.2 1 1.5000 held",
            "0 rate-0.1 1 2.0000 stopped after 1 epoch: 3rd of 3",
            "and 1 more trial",
            "The search is running: 1 of 4 trials stopped.");
  }

  private static String text(String... variants) throws Exception {
    return new ComparisonText(new ObjectMapper().readTree(json(variants))).toString();
  }

  private static String json(String... variants) {
    return """
        {"experiment": "e", "metric": "test_acc", "higher_is_better": true,
         "answer": "augmented helps: so and so; 2 variants were compared",
         "variants": [%s]}
        """
        .formatted(String.join(",", variants));
  }

  @Test
  void compareRequestsTheGivenMetricAndBaseline() throws Exception {
    try (var service = new ResultsStandIn()) {
      service.on("GET /experiments/e?metric=test_loss&baseline=adam", 200, json());
      var out = new Printed();
      var command = new Millrace.Compare();
      new CommandLine(command).parseArgs("e", "--metric=test_loss", "--baseline=adam");
      assertThat(command.run(service.results(), 0, out.stream())).isZero();
      assertThat(out.text()).startsWith("Experiment e ");
    }
  }

  private static String variant(String name, double acc, String comparison) {
    return """
    {"variant": "%s", "completed": 2, "runs": [{}, {}],
     "test": {"acc": {"n": 2, "mean": %s, "std": 0.01, "low": %s, "high": %s}},
     "generalization_gap": {"acc": {"n": 2, "mean": 0.0625, "std": 0}},
     "baseline": {"name": "majority_class", "metrics": {"acc": {"n": 2, "mean": 0.1, "std": 0}}},
     "comparison": %s}
    """
        .formatted(name, acc, acc - 0.03, acc + 0.03, comparison);
  }
}
