package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallbacksTest {
  private static JsonNode golden;

  static Stream<JsonNode> kerasCases() throws IOException {
    golden =
        new ObjectMapper()
            .readTree(CallbacksTest.class.getResourceAsStream("keras_callbacks.json"));
    return StreamSupport.stream(golden.get("cases").spliterator(), false);
  }

  /** After each epoch, the state is written as a checkpoint's JSON and read again. */
  @ParameterizedTest
  @MethodSource("kerasCases")
  void everyDecisionMatchesKeras(JsonNode given) {
    var callbacks = new Callbacks(request(given.get("callback").toString()));
    Callbacks.State state = Callbacks.State.START;
    var kept = new ArrayList<String>();
    int epoch = 0;
    for (; epoch < golden.get("val_loss").size() && !state.stopped(); epoch++) {
      Map<String, Double> metrics =
          Map.of(
              "val_loss", golden.get("val_loss").get(epoch).doubleValue(),
              "val_acc", golden.get("val_acc").get(epoch).doubleValue());
      Callbacks.Outcome outcome = callbacks.after(epoch, metrics, state, 0.1);
      kept.addAll(outcome.keep());
      state = Messages.read(Messages.write(outcome.state()), Callbacks.State.class);
      assertThat(state.rate() == null ? 0.1 : state.rate())
          .as("rate after epoch %d", epoch)
          .isCloseTo(given.get("rates").get(epoch).doubleValue(), within(1e-7));
    }
    if (given.get("stopped_after").isNull()) {
      assertThat(state.stopped()).isFalse();
    } else {
      assertThat(epoch - 1).isEqualTo(given.get("stopped_after").intValue());
      assertThat(callbacks.bestEpoch(state)).contains(given.get("best_epoch").intValue());
    }
    if (!given.get("restored").isNull()) {
      String restored = "callback-0-epoch-%05d".formatted(given.get("restored").intValue());
      assertThat(callbacks.last(state)).contains(restored);
      assertThat(kept).endsWith(restored);
    } else {
      assertThat(callbacks.last(state)).isEmpty();
    }
  }

  @Test
  void aModelCheckpointKeepsEveryBetterEpochAndDeterminesTheFinalModel() {
    var callbacks =
        new Callbacks(
            request(
                "{\"type\":\"ModelCheckpoint\",\"save_best_only\":true,\"monitor\":\"val_accuracy\","
                    + "\"initial_value_threshold\":0.3},"
                    + "{\"type\":\"EarlyStopping\",\"patience\":9,\"restore_best_weights\":true}"));
    Callbacks.State state = Callbacks.State.START;
    var kept = new ArrayList<List<String>>();
    double[] accuracies = {0.2, 0.5, 0.4, 0.6};
    for (int epoch = 0; epoch < 4; epoch++) {
      var outcome =
          callbacks.after(epoch, Map.of("val_loss", 1.0, "val_acc", accuracies[epoch]), state, 1);
      state = outcome.state();
      kept.add(outcome.keep());
    }
    assertThat(kept)
        .containsExactly(
            List.of("callback-1-epoch-00000"),
            List.of("callback-0-epoch-00001"),
            List.of(),
            List.of("callback-0-epoch-00003"));
    assertThat(callbacks.last(state)).contains("callback-0-epoch-00003");
    assertThat(callbacks.bestEpoch(state)).contains(3);
    assertThat(callbacks.kept(state))
        .containsExactly("callback-0-epoch-00003", "callback-1-epoch-00000");
  }

  @Test
  void aMissingMetricCountsAsNoImprovement() {
    var callbacks = new Callbacks(request("{\"type\":\"EarlyStopping\",\"patience\":2}"));
    var first = callbacks.after(0, Map.of(), Callbacks.State.START, 1).state();
    var second = callbacks.after(1, Map.of("val_loss", 3.0), first, 1).state();
    var third = callbacks.after(2, Map.of(), second, 1).state();
    var fourth = callbacks.after(3, Map.of(), third, 1).state();

    assertThat(third.stopped()).isFalse();
    assertThat(fourth.stopped()).isTrue();
    assertThat(callbacks.bestEpoch(fourth)).contains(1);
  }

  /** Null represents a number that is not finite; the first value may be null, too. */
  @Test
  void aMetricThatIsNotFiniteIsNeverTheBest() {
    var callbacks =
        new Callbacks(
            request(
                "{\"type\":\"ModelCheckpoint\",\"save_best_only\":true,\"mode\":\"max\"},"
                    + "{\"type\":\"ReduceLROnPlateau\",\"patience\":2,\"factor\":0.5}"));
    Callbacks.State state = Callbacks.State.START;
    var kept = new ArrayList<String>();
    for (int epoch = 0; epoch < 4; epoch++) {
      Double value = epoch == 1 ? Double.valueOf(3) : null;
      var outcome = callbacks.after(epoch, Collections.singletonMap("val_loss", value), state, 0.1);
      kept.addAll(outcome.keep());
      state = outcome.state();
    }

    assertThat(kept).containsExactly("callback-0-epoch-00001");
    assertThat(callbacks.bestEpoch(state)).contains(1);
    assertThat(state.rate()).as("reduced once, after epochs 2 and 3").isEqualTo(0.05);
  }

  private static TrainingRequest request(String callbacks) {
    return Messages.readRequest(
        """
        {"dataset": {"name": "d"}, "loss": "categorical_crossentropy", "metrics": ["accuracy"],
         "model": {"layers": [{"type": "Dense", "units": 2, "activation": "softmax"}]},
         "callbacks": [%s]}"""
            .formatted(callbacks.replace("val_acc\"", "val_accuracy\""))
            .getBytes());
  }
}
