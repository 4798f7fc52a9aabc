package io.millrace.results.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.request.RequestSchema.Kind;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSchemaTest {
  private static Optional<Kind> kind(String path) {
    return RequestSchema.kind(FieldPath.parse("where", path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch_size",
        "optimizer.learning_rate",
        "optimizer.learning_rate.decay_rate",
        "augmentation.rotation_range",
        "model.layers[3].rate",
        "model.layers[0].layer.units",
        "dataset.image_size[1]",
        "dataset.window",
        "class_weight.bag",
        "callbacks[0].patience",
        "model.keras.config.layers[2].config.rate"
      })
  void aNumericFieldHasTheKindNumber(String path) {
    assertThat(kind(path)).contains(Kind.NUMBER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer.type",
        "dataset.name",
        "augmentation.horizontal_flip",
        "model.layers",
        "metrics[0]",
        "loss"
      })
  void aNonNumericFieldHasTheKindOther(String path) {
    assertThat(kind(path)).contains(Kind.OTHER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lr",
        "optimizer.lr",
        "model[0]",
        "model.layers.rate",
        "batch_size.x",
        "dataset[0]"
      })
  void anUnknownFieldHasNoKind(String path) {
    assertThat(kind(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".a",
        "a.",
        "a..b",
        "a[",
        "a[x]",
        "a[12345]",
        "a b",
        "a'b",
        "a\"b",
        "{a}",
        "a,b"
      })
  void anInvalidPathIsRefused(String text) {
    assertThatThrownBy(() -> FieldPath.parse("columns", text))
        .isInstanceOfSatisfying(
            InvalidMessageException.class, e -> assertThat(e.field()).isEqualTo("columns"));
  }

  @ParameterizedTest
  @CsvSource({
    "lr, optimizer.learning_rate",
    "learning_rate, optimizer.learning_rate",
    "optimizer.learningrate, optimizer.learning_rate",
    "optimiser.learning_rate, optimizer.learning_rate",
    "rotation_range, augmentation.rotation_range",
    "bach_size, batch_size",
    "momentun, optimizer.momentum",
    "val_los, val_loss"
  })
  void aSimilarFieldOrMetricIsSuggested(String name, String meant) {
    assertThat(RequestSchema.suggestion(name)).isEqualTo("; did you mean " + meant + "?");
  }

  @Test
  void aNameUnlikeAnyFieldGetsNoSuggestion() {
    assertThat(RequestSchema.suggestion("xylophone")).isEmpty();
  }

  @Test
  void metricsThatAnyRunMayHaveAreKnown() {
    assertThat(
            Set.of(
                "loss", "val_acc", "test_top_7_acc", "seconds", "best_val_loss", "test_accuracy"))
        .allMatch(RequestSchema::isMetric);
    assertThat(Set.of("lr", "test_seconds", "batch_size")).noneMatch(RequestSchema::isMetric);
  }
}
