package io.millrace.contracts.json;

import static io.millrace.contracts.ExampleRequests.FLOWERS;
import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.SMALL_SERIES;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.CallbackSpec;
import io.millrace.contracts.request.ClassWeight;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MonitorMode;
import io.millrace.contracts.request.TrainingRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors for a wrong loss, metric, class weight or callback; valid ones are accepted. */
class TrainingErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          loss         | {"type": "huber", "delta": 0}             | loss.delta: 0 is out of range; give a number above 0, at most 1000000
          loss         | {"type": "mse", "delta": 1}               | loss.delta: is not a parameter of mse
          loss         | {"type": "sparse_categorical_crossentropy", "label_smoothing": 0.1} | loss.label_smoothing: is not a parameter of sparse_categorical_crossentropy
          loss         | {"type": "binary_crossentropy", "label_smoothing": 1.5} | loss.label_smoothing: 1.5 is out of range; give 0..1
          loss         | {"type": "huber", "dleta": 1}             | loss.dleta: is not a field here; did you mean delta?
          metrics      | [{"type": "top_k_categorical_accuracy", "k": 0}] | metrics[0].k: 0 is out of range; give 1..1000
          metrics      | ["acc", {"type": "auc", "k": 3}]          | metrics[1].k: is not a parameter of auc
          metrics      | [{"k": 3}]                                | metrics[0].type: is required
          metrics      | ["top_9999_acc"]                          | metrics[0].k: 9999 is out of range; give 1..1000
          class_weight | "balance"                                 | class_weight: "balance" is not a class weight; give "balanced" or an object such as {"daisy": 2.0} of 1..1000 classes
          class_weight | {}                                        | class_weight: {} is not a class weight; give "balanced" or an object such as {"daisy": 2.0} of 1..1000 classes
          class_weight | {"daisy": "2"}                            | class_weight.daisy: "2" is not a number
          class_weight | {"daisy": -1}                             | class_weight.daisy: -1 is out of range; give 0..1000000
          class_weight | {"dasy": 1}                               | class_weight.dasy: is not a class of this data set; give one of daisy, rose, sunflower, tulip, or an index 0..3
          class_weight | {"4": 1}                                  | class_weight.4: is not a class of this data set; give one of daisy, rose, sunflower, tulip, or an index 0..3
          class_weight | {"rose": 1, "1": 2}                       | class_weight.1: is class rose, which already has a weight; give one of them
          callbacks    | [{"type": "EarlyStoping"}]                | callbacks[0].type: 'EarlyStoping' is not known; did you mean EarlyStopping?
          callbacks    | [{"type": "EarlyStopping", "monitor": "val_auc"}] | callbacks[0].monitor: 'val_auc' is not computed; give one of loss, val_loss, acc, val_acc, or add it to metrics
          callbacks    | [{"type": "EarlyStopping", "patience": -1}] | callbacks[0].patience: -1 is out of range; give 0..10000
          callbacks    | [{"type": "EarlyStopping", "mode": "down"}] | callbacks[0].mode: 'down' is not known; give one of auto, min, max
          callbacks    | [{"type": "EarlyStopping", "verbose": 1}] | callbacks[0].verbose: is not a field here; give one of baseline, min_delta, mode, monitor, patience, restore_best_weights, start_from_epoch
          callbacks    | [{"type": "ReduceLROnPlateau", "factor": 1}] | callbacks[0].factor: 1 is out of range; give a number above 0 and below 1
          callbacks    | [{"type": "ModelCheckpoint"}, {"type": "ModelCheckpoint"}] | callbacks[1]: is a second ModelCheckpoint; give one, because one model is stored
          """)
  void theErrorNamesTheInvalidField(String field, String value, String error) {
    refused(with(FLOWERS, field, value), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          loss         | "hinge"           | loss: hinge needs class labels, but a series data set has none; give mse
          metrics      | ["r2", "f1"]      | metrics[1]: f1 needs class labels, but a series data set has none; give mae
          class_weight | {"0": 2}          | class_weight: needs class labels, but a series data set has none
          """)
  void lossesMetricsAndWeightsForClassesAreRefusedForASeries(
      String field, String value, String error) {
    refused(with(SMALL_SERIES, field, value), error);
  }

  @Test
  void aScheduledLearningRateCannotBeReducedOnAPlateau() {
    String scheduled =
        new String(
            with(
                SMALL,
                "optimizer",
                """
                {"type": "SGD", "learning_rate": {"type": "CosineDecay",
                 "initial_learning_rate": 0.1, "decay_steps": 9}}"""));
    refused(
        with(scheduled, "callbacks", "[{\"type\": \"ReduceLROnPlateau\"}]"),
        "callbacks[0]: ReduceLROnPlateau needs a number as optimizer.learning_rate, not a schedule");
  }

  @Test
  void kerasNamesAreUnderstoodAndWrittenInOneForm() {
    String request = new String(with(SMALL, "loss", "\"mean_absolute_error\""));
    request =
        new String(
            with(
                request,
                "metrics",
                "[\"accuracy\", {\"type\": \"top_k_categorical_accuracy\", \"k\": 3},"
                    + " \"root_mean_squared_error\"]"));
    request =
        new String(
            with(
                request,
                "callbacks",
                "[{\"type\": \"EarlyStopping\", \"monitor\": \"val_accuracy\"},"
                    + " {\"type\": \"TerminateOnNaN\"}]"));

    TrainingRequest read = Messages.readRequest(request.getBytes());

    assertThat(read.loss()).isEqualTo(LossSpec.of(Loss.MAE));
    assertThat(read.metrics()).extracting(Metric::json).containsExactly("acc", "top_3_acc", "rmse");
    assertThat(read.callbacks())
        .containsExactly(
            new CallbackSpec.EarlyStopping("val_acc", 0.0, 0, MonitorMode.AUTO, null, false, 0),
            new CallbackSpec.TerminateOnNaN());
    assertThat(Messages.text(read))
        .contains("\"loss\":\"mae\"", "\"metrics\":[\"acc\",\"top_3_acc\",\"rmse\"]");
    assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
  }

  @Test
  void lossesWithParametersAndClassWeightsAreWrittenAsGiven() {
    for (String loss :
        new String[] {
          "{\"type\":\"huber\",\"delta\":2.5}",
          "{\"type\":\"categorical_crossentropy\",\"label_smoothing\":0.1}"
        }) {
      TrainingRequest read = Messages.readRequest(with(SMALL, "loss", loss));
      assertThat(Messages.text(read)).contains("\"loss\":" + loss);
      assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
    }
    for (String weight : new String[] {"\"balanced\"", "{\"2\":0.5,\"daisy\":2.0}"}) {
      TrainingRequest read = Messages.readRequest(with(FLOWERS, "class_weight", weight));
      assertThat(Messages.text(read)).contains("\"class_weight\":" + weight);
      assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
    }
  }

  @Test
  void classWeightsAreGivenByNameOrIndexOrBalanceTheClasses() {
    var classes = List.of("a", "b", "c");
    assertThat(new ClassWeight(Map.of("c", 2.0, "0", 0.5)).of(classes, null))
        .containsExactly(0.5, 1.0, 2.0);
    assertThat(new ClassWeight(null).of(classes, List.of(10, 40, 0)))
        .containsExactly(50 / 30.0, 50 / 120.0, 1.0);
    assertThatThrownBy(() -> new ClassWeight(null).of(classes, null))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("the number of samples per class is unknown");
  }

  private static void refused(byte[] request, String error) {
    assertThatThrownBy(() -> Messages.readRequest(request))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(error);
  }
}
