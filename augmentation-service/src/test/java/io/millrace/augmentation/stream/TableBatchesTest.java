package io.millrace.augmentation.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TableBatchesTest {
  private static final Augmentation STRONG =
      Augmentation.of(
          List.of(
              new TransformSpec.WindowSlicing(0.5, null),
              new TransformSpec.Jitter(1.0, null),
              new TransformSpec.TimeWarping(0.5, 4, null)));

  private final BatchMaker maker =
      new BatchMaker(
          new DatasetCatalog(
              List.of(),
              new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16),
              new DecodedCache(0),
              nanos -> {}),
          new StatisticsStore());

  private EpochBatches batches(Augmentation augmentation, Part part, int epoch) {
    var series =
        new DatasetSpec.Series("elnino", "temperature", null, 12, 3, null, "2005-01", null, 0.1);
    var source = new BatchSource("a-run", series, augmentation, 1L, 32);
    return maker.batches(new BatchTask.Produce(null, source, part, epoch, 0, 1, 0));
  }

  private static ByteBuffer tensor(byte[] file, String name) {
    return Safetensors.read(ByteBuffer.wrap(file)).tensor(name).data();
  }

  @Test
  void trainingWindowsAreTransformedAndTheirLabelsAreNot() {
    EpochBatches plain = batches(Augmentation.NONE, Part.TRAIN, 0);
    EpochBatches transformed = batches(STRONG, Part.TRAIN, 0);
    for (int batch = 0; batch < plain.count(); batch++) {
      byte[] before = plain.make(batch, null);
      byte[] after = transformed.make(batch, null);
      assertThat(tensor(after, "labels")).isEqualTo(tensor(before, "labels"));
      assertThat(tensor(after, "features")).isNotEqualTo(tensor(before, "features"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Part.class,
      names = {"VALIDATION", "TEST"})
  void validationAndTestWindowsAreNotTransformed(Part part) {
    EpochBatches plain = batches(Augmentation.NONE, part, 0);
    EpochBatches transformed = batches(STRONG, part, 0);
    for (int batch = 0; batch < plain.count(); batch++) {
      assertThat(transformed.make(batch, null)).isEqualTo(plain.make(batch, null));
    }
  }

  @Test
  void aBatchDoesNotDependOnTheOrderOfProduction() {
    EpochBatches forwards = batches(STRONG, Part.TRAIN, 2);
    byte[] first = forwards.make(0, null).clone();
    byte[] second = forwards.make(1, null);
    EpochBatches backwards = batches(STRONG, Part.TRAIN, 2);
    byte[] array = backwards.make(1, null);
    assertThat(array).isEqualTo(second);
    assertThat(backwards.make(0, array)).isSameAs(array).isEqualTo(first);
  }
}
