package io.millrace.contracts.json;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.LearningRate;
import io.millrace.contracts.request.LearningRateSchedule;
import io.millrace.contracts.request.TrainingRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors for a wrong optimizer or learning rate. */
class OptimizerErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "clipnorm": 1, "clipvalue": 1             | clipvalue: cannot be combined with clipnorm; give one of clipnorm, clipvalue and global_clipnorm
          "clipvalue": 1, "global_clipnorm": 1      | global_clipnorm: cannot be combined with clipvalue; give one of clipnorm, clipvalue and global_clipnorm
          "clipnorm": 0                             | clipnorm: 0 is out of range; give a number above 0, at most 1000000000
          "weight_decay": -1                        | weight_decay: -1 is out of range; give 0..1000
          "use_ema": true                           | use_ema: is not a field here; give one of amsgrad, beta_1, beta_2, clipnorm, clipvalue, epsilon, global_clipnorm, learning_rate, weight_decay
          "learning_rate": true                     | learning_rate: true is not a learning rate; give a number or a schedule such as {"type": "CosineDecay", ...}
          "learning_rate": {}                       | learning_rate.type: is required
          "learning_rate": {"type": "CosinDecay"}   | learning_rate.type: 'CosinDecay' is not known; did you mean CosineDecay?
          "learning_rate": {"type": "CosineDecay", "decay_steps": 9} | learning_rate.initial_learning_rate: is required
          "learning_rate": {"type": "CosineDecay", "initial_learning_rate": 1, "decay_steps": 0} | learning_rate.decay_steps: 0 is out of range; give 1..1000000000
          "learning_rate": {"type": "CosineDecay", "initial_learning_rate": 1, "decay_steps": 9, "warmup_steps": 2} | learning_rate.warmup_steps: needs a warmup_target; give one, or leave warmup_steps out
          "learning_rate": {"type": "ExponentialDecay", "initial_learning_rate": 1, "decay_steps": 9, "decay_rate": 1, "staircse": true} | learning_rate.staircse: is not a field here; did you mean staircase?
          "learning_rate": {"type": "PiecewiseConstantDecay", "boundaries": [3, 3], "values": [1, 2, 3]} | learning_rate.boundaries[1]: 3 is out of range; give 4..1000000000
          "learning_rate": {"type": "PiecewiseConstantDecay", "boundaries": [3], "values": [1]} | learning_rate.values: has 1 element; give 2..1001
          "learning_rate": {"type": "PiecewiseConstantDecay", "boundaries": [3], "values": [1, 2, 3]} | learning_rate.values: has 3 elements for 1 boundaries; give 2
          "learning_rate": {"type": "PiecewiseConstantDecay", "boundaries": [3], "values": [1, 0]} | learning_rate.values[1]: 0 is out of range; give a number above 0, at most 1000
          "learning_rate": {"type": "OneCycle", "max_learning_rate": 1, "total_steps": 9, "pct_start": 1} | learning_rate.pct_start: 1 is out of range; give a number above 0 and below 1
          "learning_rate": {"type": "RangeTest", "initial_learning_rate": 2} | learning_rate.end_learning_rate: is not above initial_learning_rate, which is 2.0; a range test rises
          "learning_rate": {"type": "RangeTest", "initial_learning_rate": 0} | learning_rate.initial_learning_rate: 0 is out of range; give a number above 0, at most 1000
          "learning_rate": {"type": "RangeTest", "end_learning_rate": 1001} | learning_rate.end_learning_rate: 1001 is out of range; give a number above 0, at most 1000
          "learning_rate": {"type": "RangeTest", "total_steps": 9} | learning_rate.total_steps: 9 is out of range; give 10..100000
          """)
  void theErrorNamesTheInvalidOptimizerField(String fields, String error) {
    byte[] request = with(SMALL, "optimizer", "{\"type\": \"Adam\", " + fields + "}");
    assertThatThrownBy(() -> Messages.readRequest(request))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("optimizer." + error);
  }

  @Test
  void aLearningRateIsWrittenAsItWasGiven() {
    for (String rate :
        new String[] {
          "0.25",
          "{\"type\":\"InverseTimeDecay\",\"initial_learning_rate\":0.5,\"decay_steps\":7,"
              + "\"decay_rate\":2.0,\"staircase\":true}"
        }) {
      byte[] request =
          with(SMALL, "optimizer", "{\"type\": \"SGD\", \"learning_rate\": " + rate + "}");
      TrainingRequest read = Messages.readRequest(request);
      assertThat(Messages.text(read)).contains("\"learning_rate\":" + rate);
      assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
    }
  }

  @Test
  void aScheduleIsReadWithKerasDefaults() {
    byte[] request =
        with(
            SMALL,
            "optimizer",
            "{\"type\": \"SGD\", \"learning_rate\": {\"type\": \"PolynomialDecay\","
                + " \"initial_learning_rate\": 0.1, \"decay_steps\": 9}}");

    assertThat(Messages.readRequest(request).optimizer().learningRate())
        .isEqualTo(
            new LearningRate(
                null, new LearningRateSchedule.PolynomialDecay(0.1, 9, 1e-4, 1.0, false)));
  }

  @ParameterizedTest
  @CsvSource({
    "adam, Adam",
    "rmsprop, RMSprop",
    "sgd, SGD",
    "SGD, SGD",
    "AdamW, AdamW",
    "ftrl, Ftrl"
  })
  void anOptimizerNameSelectsTheOptimizerWithKerasDefaults(String name, String type) {
    TrainingRequest read = Messages.readRequest(with(SMALL, "optimizer", "\"" + name + "\""));

    assertThat(read)
        .isEqualTo(Messages.readRequest(with(SMALL, "optimizer", "{\"type\": \"" + type + "\"}")));
    assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
  }
}
