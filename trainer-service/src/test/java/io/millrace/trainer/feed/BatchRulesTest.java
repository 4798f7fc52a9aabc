package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchRulesTest {
  private static final BatchRules IMAGES = new BatchRules(Samples.imageData(1, 1, 1, 3));
  private static final BatchRules SERIES = new BatchRules(Samples.seriesData(2, 3));

  private static Batch images(Part part, Tensor labels) {
    Batch batch =
        Samples.batch(DType.U8, List.of(2, 1, 1, 1), ByteBuffer.allocate(2), labels, 1f / 255);
    return new Batch(part, 0, 0, batch.features(), labels, batch.scale(), batch.offset());
  }

  private static Batch series(Tensor labels) {
    return Samples.batch(DType.F32, List.of(2, 2, 1), Samples.bytes(1, 2, 3, 4), labels, 1);
  }

  private static Tensor shares(float... shares) {
    return Samples.floats(shares, 2, shares.length / 2);
  }

  private static void refused(BatchRules rules, Batch batch, String message) {
    assertThatThrownBy(() -> rules.check(batch))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(message);
  }

  @Test
  void classesSharesAndValuesAreAccepted() {
    assertThatCode(
            () -> {
              IMAGES.check(images(Part.TEST, Samples.ints(0, 2)));
              IMAGES.check(images(Part.TRAIN, Samples.ints(0, 2)));
              IMAGES.check(images(Part.TRAIN, shares(0.3f, 0.6f, 0.1f, 0, 0, 1)));
              SERIES.check(series(shares(1, 2, 3, 4, 5, 6)));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void labelsOfTheWrongRankOrWidthAreRefused() {
    String fits = " does not fit 2 samples; give I32 [2], or F32 [2, 3] for mixed training samples";
    refused(IMAGES, images(Part.TRAIN, shares(0.5f, 0.5f, 1, 0)), "labels: F32 [2, 2]" + fits);
    refused(
        IMAGES,
        images(Part.TRAIN, Samples.floats(new float[] {1, 0}, 2)),
        "labels: F32 [2]" + fits);
    refused(IMAGES, images(Part.TEST, Samples.ints(1)), "labels: I32 [1]" + fits);
    refused(
        SERIES, series(shares(1, 2)), "labels: F32 [2, 1] does not fit 2 samples; give F32 [2, 3]");
    refused(
        SERIES,
        series(Samples.ints(1, 2)),
        "labels: I32 [2] does not fit 2 samples; give F32 [2, 3]");
  }

  @Test
  void mixedLabelsAreRefusedOutsideTraining() {
    refused(
        IMAGES,
        images(Part.TEST, shares(0, 1, 0, 0, 0, 1)),
        "labels: F32 [2, 3] does not fit 2 samples; give I32 [2], or F32 [2, 3] for mixed training"
            + " samples");
  }

  @Test
  void invalidSharesAndUnknownClassesAreRefused() {
    String reason = "labels[1]: the shares of the classes must be 0 to 1 and sum to 1";
    refused(IMAGES, images(Part.TRAIN, shares(1, 0, 0, 0.5f, 0.4f, 0)), reason);
    refused(IMAGES, images(Part.TRAIN, shares(1, 0, 0, 1.5f, -0.5f, 0)), reason);
    refused(IMAGES, images(Part.TRAIN, shares(1, 0, 0, Float.NaN, 0.5f, 0.5f)), reason);
    refused(
        IMAGES, images(Part.TEST, Samples.ints(0, 3)), "labels[1]: 3 is not a class; give 0 to 2");
  }

  @Test
  void featuresOfTheWrongShapeOrTypeAreRefused() {
    refused(
        IMAGES,
        Samples.batch(
            DType.U8, List.of(2, 1, 1), ByteBuffer.allocate(2), Samples.ints(0, 1), 1f / 255),
        "features: U8 [2, 1, 1] does not fit samples of the shape [1, 1, 1]");
    refused(
        SERIES,
        Samples.batch(
            DType.U8, List.of(2, 2, 1), ByteBuffer.allocate(4), shares(1, 2, 3, 4, 5, 6), 1),
        "features: U8 [2, 2, 1] does not fit samples of the shape [2, 1]");
  }
}
