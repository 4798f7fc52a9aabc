package io.millrace.contracts.request;

import static io.millrace.contracts.ExampleRequests.JSON;
import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.SMALL_SERIES;
import static io.millrace.contracts.ExampleRequests.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compile configuration of a model supplies the fields that a request leaves out. */
class KerasCompileTest {
  private static final String MODEL =
      """
      {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "Flatten", "config": {}},
        {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}}]}}
      """;

  private static final String KERAS_3 =
      """
      {"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {"name": "adam",
         "learning_rate": 0.25, "weight_decay": null, "clipnorm": 2.0, "global_clipnorm": null, "clipvalue": null,
         "use_ema": false, "ema_momentum": 0.99, "ema_overwrite_frequency": null, "loss_scale_factor": null,
         "gradient_accumulation_steps": null, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1e-07, "amsgrad": false},
         "registered_name": null},
       "loss": {"module": "builtins", "class_name": "function", "config": "categorical_crossentropy",
         "registered_name": "function"},
       "loss_weights": null, "metrics": ["accuracy", {"module": "keras.metrics", "class_name": "MeanIoU",
         "config": {"num_classes": 2}}], "weighted_metrics": null, "run_eagerly": false}
      """;

  private static final String KERAS_2 =
      """
      {"optimizer_config": {"class_name": "Custom>SGD", "config": {"name": "SGD", "lr": 0.5, "decay": 0.125,
         "momentum": 0.0, "nesterov": true, "is_legacy_optimizer": false, "jit_compile": true}},
       "loss": {"class_name": "CategoricalCrossentropy", "config": {"reduction": "auto",
         "name": "categorical_crossentropy", "from_logits": false, "label_smoothing": 0.25, "axis": -1}},
       "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "dtype": "float32",
         "fn": "categorical_accuracy"}}, {"class_name": "TopKCategoricalAccuracy", "config": {"k": 3}}]],
       "weighted_metrics": null, "sample_weight_mode": null, "loss_weights": null}
      """;

  private static ObjectNode request(String base, String field, String compiled) {
    ObjectNode request = (ObjectNode) tree(base);
    request.remove(List.of("loss", "optimizer", "metrics"));
    ObjectNode keras = (ObjectNode) tree(MODEL);
    keras.set(field, tree(compiled));
    request.putObject("model").set("keras", keras);
    return request;
  }

  private static TrainingRequest read(JsonNode request) {
    return Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRequestUsesTheKeras3CompileConfigByDefault() {
    TrainingRequest read = read(request(SMALL, "compile_config", KERAS_3));

    assertThat(read.loss()).isEqualTo(LossSpec.of(Loss.CATEGORICAL_CROSSENTROPY));
    assertThat(read.optimizer())
        .isEqualTo(
            new OptimizerSpec.Adam(
                LearningRate.of(0.25), 0.5, 0.75, 1e-7, false, null, 2.0, null, null));
    assertThat(read.metrics()).containsExactly(Metric.ACC);
    assertThat(read.model().fromCompileConfig()).containsExactly("loss", "optimizer", "metrics");
    assertThat(Messages.readRequest(Messages.write(read))).as("written and read").isEqualTo(read);
  }

  @Test
  void aRequestUsesTheKeras2TrainingConfigByDefault() {
    ObjectNode request = request(SMALL, "compile_config", "null");
    ObjectNode topology = JSON.createObjectNode();
    topology.set("model_config", request.at("/model/keras"));
    topology.set("training_config", tree(KERAS_2));
    ((ObjectNode) request.get("model")).putObject("keras").set("modelTopology", topology);

    TrainingRequest read = read(request);

    assertThat(read.loss()).isEqualTo(new LossSpec(Loss.CATEGORICAL_CROSSENTROPY, null, 0.25));
    assertThat(read.metrics())
        .containsExactly(Metric.ACC, new Metric(MetricType.TOP_K_CATEGORICAL_ACCURACY, 3));
    assertThat(((OptimizerSpec.SGD) read.optimizer()).nesterov()).isFalse();
    LearningRate rate = read.optimizer().learningRate();
    assertThat(rate.at(0)).isEqualTo(0.5);
    assertThat(rate.at(8)).as("0.5 / (1 + 0.125 * 8)").isEqualTo(0.25);
  }

  @Test
  void theRequestsOwnValuesOverrideTheCompileConfig() {
    ObjectNode request = request(SMALL, "compile_config", KERAS_3);
    request.put("loss", "mse").put("optimizer", "sgd").putArray("metrics");

    TrainingRequest read = read(request);

    assertThat(read.loss()).isEqualTo(LossSpec.of(Loss.MSE));
    assertThat(read.optimizer()).isEqualTo(new OptimizerSpec.SGD(null, null, null));
    assertThat(read.metrics()).isEmpty();
    assertThat(read.model().fromCompileConfig()).isNull();
    request.remove("optimizer");
    assertThat(read(request).model().fromCompileConfig()).containsExactly("optimizer");
  }

  @Test
  void classificationMetricsOfTheCompileConfigAreLeftOutForASeries() {
    ObjectNode request =
        request(
            SMALL_SERIES,
            "compile_config",
            "{\"loss\": \"mean_squared_error\", \"optimizer\": \"adam\","
                + " \"metrics\": [\"accuracy\", \"mae\"]}");

    assertThat(read(request).metrics()).containsExactly(Metric.MAE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          loss      | 'crf_loss'                          | loss: 'crf_loss' is not known; give one of categorical_crossentropy
          loss      | ['mse', 'mse']                      | loss: gives 2 losses for one output; give one; or give loss
          loss      | {'class_name':'CategoricalCrossentropy','config':{'from_logits':true}} | loss.config.from_logits: true is not supported; give the last layer the activation softmax or sigmoid; or give loss in the request
          optimizer | {'class_name':'Adafactor','config':{}} | optimizer: 'Adafactor' is not known; give one of SGD
          optimizer | {'class_name':'Adam','config':{'use_ema':true}} | optimizer.config.use_ema: is not a field here
          optimizer | {'class_name':'Adam','config':{'beta_1':1}} | optimizer.config.beta_1: 1 is out of range
          """)
  void theErrorForAnUnsupportedCompileConfigNamesTheField(
      String field, String value, String message) {
    ObjectNode request = request(SMALL, "compile_config", KERAS_3);
    ((ObjectNode) request.at("/model/keras/compile_config"))
        .set(field, tree(value.replace('\'', '"')));

    assertThatThrownBy(() -> read(request))
        .hasMessageStartingWith("model.keras.compile_config." + message)
        .hasMessageEndingWith("; or give " + field + " in the request");
  }

  @Test
  void anUncompiledModelProvidesNoLoss() {
    assertThatThrownBy(() -> read(request(SMALL, "compile_config", "null")))
        .hasMessage("loss: is required");
  }

  @Test
  void fromCompileConfigAcceptsOnlyLossOptimizerAndMetrics() {
    ObjectNode request = request(SMALL, "compile_config", KERAS_3);
    ((ObjectNode) request.get("model")).putArray("from_compile_config").add("epochs");

    assertThatThrownBy(() -> read(request))
        .hasMessage(
            "model.from_compile_config[0]: 'epochs' is not known; give one of loss, optimizer,"
                + " metrics");
  }
}
