package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void aGainBeyondTheSpreadOfTheSeedsHelped() throws Exception {
    assertThat(text(variant("plain", 0.80, "0.002"), variant("augmented", 0.85, "0.002")))
        .contains("augmented against plain: test acc +0.0500, better: it helped");
  }

  @Test
  void aLossBeyondTheSpreadOfTheSeedsDidNotHelp() throws Exception {
    assertThat(text(variant("plain", 0.85, "0.002"), variant("augmented", 0.80, "0.002")))
        .contains("augmented against plain: test acc -0.0500, worse: it did not help");
  }

  @Test
  void aDifferenceWithinTheSpreadOfTheSeedsSaysNothing() throws Exception {
    assertThat(text(variant("plain", 0.80, "0.02"), variant("augmented", 0.81, "0.02")))
        .contains("within the spread of the seeds, so nothing can be said");
  }

  @Test
  void oneRunHasNoSpreadToJudgeBy() throws Exception {
    assertThat(text(variant("plain", 0.80, "null"), variant("augmented", 0.90, "null")))
        .contains("one run: no spread to judge by");
  }

  @Test
  void aModelThatIsNoBetterThanTheNaiveAnswerIsNamed() throws Exception {
    assertThat(text(variant("plain", 0.10, "0.01")))
        .contains("baseline: majority_class")
        .contains("plain: no better than the naive baseline (acc 0.1000 against 0.1000)");
  }

  private static String text(String... variants) throws Exception {
    String json = "{\"experiment\": \"e\", \"variants\": [" + String.join(",", variants) + "]}";
    return new Comparison(new ObjectMapper().readTree(json)).toString();
  }

  private static String variant(String name, double acc, String std) {
    return """
    {"variant": "%s", "completed": 2, "runs": [{}, {}],
     "test": {"acc": {"n": 2, "mean": %s, "std": %s}},
     "baseline": {"name": "majority_class", "metrics": {"acc": {"n": 2, "mean": 0.1, "std": 0}}}}
    """
        .formatted(name, acc, std);
  }
}
