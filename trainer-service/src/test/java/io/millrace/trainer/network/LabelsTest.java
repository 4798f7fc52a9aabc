package io.millrace.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.trainer.dl4j.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final DatasetSpec IMAGES =
      new DatasetSpec.Images("images", null, null, null, null, null, null);
  private static final DatasetSpec SERIES =
      new DatasetSpec.Series("series", "value", null, null, null, null, null, null, null);

  private static Labels labels(DatasetSpec dataset, int size, Tensor tensor) {
    var features = Samples.bytes(new float[size]);
    return Labels.of(
        Samples.batch(DType.F32, List.of(size, 1, 1, 1), features, tensor, 1), dataset);
  }

  @Test
  void aClassBecomesAOneHotTargetOrASingleOutput() {
    Labels labels = labels(IMAGES, 2, Samples.ints(1, 0));

    assertThat(labels.targets(3)).containsExactly(0, 1, 0, 1, 0, 0);
    assertThat(labels.targets(1)).containsExactly(1, 0);
    assertThat(labels.areClasses()).isTrue();
    assertThat(labels.classOf(0)).isEqualTo(1);
  }

  @Test
  void sharesAreKeptAndTheFirstLargestShareDeterminesTheClass() {
    float[] shares = {0.2f, 0.3f, 0.5f, 0.5f, 0.5f, 0};

    Labels labels = labels(IMAGES, 2, Samples.floats(shares, 2, 3));

    assertThat(labels.targets(3)).containsExactly(shares);
    assertThat(labels.areClasses()).isTrue();
    assertThat(labels.classOf(0)).isEqualTo(2);
    assertThat(labels.classOf(1)).isZero();
  }

  @Test
  void theSingleOutputForTwoClassesIsTheShareOfTheSecond() {
    Labels labels = labels(IMAGES, 2, Samples.floats(new float[] {0.7f, 0.3f, 0.1f, 0.9f}, 2, 2));

    assertThat(labels.targets(1)).containsExactly(0.3f, 0.9f);
    assertThat(labels.classOf(0)).isZero();
    assertThat(labels.classOf(1)).isEqualTo(1);
  }

  @Test
  void aNumericLabelOfAnImageIsNotAClass() {
    Labels labels = labels(IMAGES, 2, Samples.floats(new float[] {0.7f, -3}, 2, 1));

    assertThat(labels.areClasses()).isFalse();
    assertThat(labels.targets(1)).containsExactly(0.7f, -3);
  }

  @Test
  void theValuesOfASeriesAreNotClasses() {
    Labels labels = labels(SERIES, 2, Samples.floats(new float[] {1, 2, 3, 4}, 2, 2));

    assertThat(labels.areClasses()).isFalse();
    assertThat(labels.targets(2)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void labelsThatDoNotFitTheNumberOfOutputsAreRefused() {
    float[] four = {0.5f, 0.5f, 1, 0};

    assertThatThrownBy(() -> labels(IMAGES, 2, Samples.floats(four, 2, 2)).targets(3))
        .hasMessage("labels: 2 values for each sample do not fit 3 outputs");
    assertThatThrownBy(() -> labels(SERIES, 2, Samples.floats(four, 2, 2)).targets(1))
        .hasMessage("labels: 2 values for each sample do not fit 1 outputs");
  }
}
