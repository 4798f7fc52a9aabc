package io.millrace.augmentation.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.ImageDataset;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardizedBatchesTest {
  private static final String ALL =
      """
      {"rotation_range": 20, "horizontal_flip": true, "samplewise_center": true,
       "zca_whitening": true, "zca_epsilon": 0.1}""";

  @TempDir Path root;
  private final AtomicInteger decoded = new AtomicInteger();

  @BeforeEach
  void makeImages() throws IOException {
    TestImages.folder(root, "shapes", 20, 30);
  }

  private DatasetCatalog catalog() {
    return new DatasetCatalog(
        List.of(root),
        new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16),
        new DecodedCache(1 << 20),
        nanos -> decoded.incrementAndGet());
  }

  private static BatchSource source(String augmentation, Integer side) {
    IntPair size = side == null ? null : IntPair.of(side);
    return new BatchSource(
        "run",
        new DatasetSpec.Images("shapes", null, size, null, null, 0.25, null),
        Messages.read(augmentation.getBytes(), Augmentation.class),
        7L,
        16);
  }

  private static byte[] batch(BatchMaker maker, BatchSource source, Part part) {
    return maker.batches(new BatchTask.Produce(null, source, part, 0, 0, 1, 0)).make(0, null);
  }

  private static Safetensors read(byte[] file) {
    return Safetensors.read(ByteBuffer.wrap(file));
  }

  @Test
  void statisticsAreComputedFromTheTrainingPartOnly() {
    BatchSource source = source("{\"featurewise_center\": true, \"rescale\": 0.5}", null);
    var maker = new BatchMaker(catalog(), StatisticsStore.alone());
    var sent = read(maker.standardization(source).orElseThrow()).tensor("mean").data();
    var dataset = (ImageDataset) catalog().open(source.dataset());
    for (int channel = 0; channel < 3; channel++) {
      double train = mean(dataset, Part.TRAIN, channel) * 0.5;
      assertThat(sent.getDouble(8 * channel)).isCloseTo(train, within(1e-9));
    }
    assertThat(mean(dataset, Part.TEST, 1)).isNotEqualTo(mean(dataset, Part.TRAIN, 1));
  }

  private static double mean(ImageDataset dataset, Part part, int channel) {
    double sum = 0;
    int samples = dataset.description().samples(part);
    for (int sample = 0; sample < samples; sample++) {
      byte[] pixels = dataset.pixels(part, sample);
      for (int i = channel; i < pixels.length; i += 3) {
        sum += pixels[i] & 0xFF;
      }
    }
    return sum / (samples * 120.0);
  }

  @Test
  void validationAndTestBatchesHaveStandardizedFloats() {
    BatchSource source = source("{\"featurewise_center\": true}", null);
    var maker = new BatchMaker(catalog(), StatisticsStore.alone());
    var mean = read(maker.standardization(source).orElseThrow()).tensor("mean").data();
    var dataset = (ImageDataset) catalog().open(source.dataset());
    for (Part part : List.of(Part.VALIDATION, Part.TEST)) {
      Safetensors batch = read(batch(maker, source, part));
      var features = batch.tensor("features");
      assertThat(features.spec().dtype()).isEqualTo(DType.F32);
      assertThat(features.spec().shape().subList(1, 4)).containsExactly(10, 12, 3);
      assertThat(batch.metadata()).containsEntry("scale", "1").containsEntry("offset", "0");
      byte[] pixels = dataset.pixels(part, 0);
      for (int i = 0; i < pixels.length; i++) {
        double expected = (pixels[i] & 0xFF) / 255.0 - mean.getDouble(8 * (i % 3));
        assertThat(features.data().getFloat(4 * i)).isCloseTo((float) expected, within(1e-6f));
      }
    }
  }

  @Test
  void twoAugmentersMakeTheSameBytes() {
    BatchSource source = source(ALL, null);
    var one = new BatchMaker(catalog(), StatisticsStore.alone());
    var other = new BatchMaker(catalog(), StatisticsStore.alone());
    assertThat(other.standardization(source).orElseThrow())
        .isEqualTo(one.standardization(source).orElseThrow());
    for (Part part : Part.values()) {
      assertThat(batch(other, source, part)).isEqualTo(batch(one, source, part));
    }
  }

  @Test
  void anAugmenterDecodesNoImagesForSharedStatistics() {
    var others = StatisticsStore.alone();
    var mine = StatisticsStore.alone();
    mine.announceTo(others::put);
    byte[] sent = new BatchMaker(catalog(), mine).standardization(source(ALL, null)).orElseThrow();
    int before = decoded.get();
    var other = new BatchMaker(catalog(), others);
    assertThat(other.standardization(source(ALL, null)).orElseThrow()).isEqualTo(sent);
    assertThat(decoded).hasValue(before);
  }

  @Test
  void samplesAreStandardizedAfterMixing() {
    String mixup = "\"transforms\": [{\"type\": \"mixup\"}]";
    var maker = new BatchMaker(catalog(), StatisticsStore.alone());
    Safetensors bytes = read(batch(maker, source("{" + mixup + "}", null), Part.TRAIN));
    Safetensors floats =
        read(
            batch(maker, source("{\"samplewise_center\": true, " + mixup + "}", null), Part.TRAIN));
    assertThat(floats.tensor("labels").data()).isEqualTo(bytes.tensor("labels").data());
    var levels = bytes.tensor("features").data();
    double sum = 0;
    for (int i = 0; i < 360; i++) {
      sum += (levels.get(i) & 0xFF) / 255.0;
    }
    for (int i = 0; i < 360; i++) {
      double expected = (levels.get(i) & 0xFF) / 255.0 - sum / 360;
      assertThat(floats.tensor("features").data().getFloat(4 * i))
          .isCloseTo((float) expected, within(1e-6f));
    }
  }

  @Test
  void whiteningOfLargeImagesIsRefused() {
    var maker = new BatchMaker(catalog(), StatisticsStore.alone());
    assertThatThrownBy(() -> maker.describe(source(ALL, 40)))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo("augmentation.zca_whitening");
              assertThat(e.reason()).contains("4800", "3072");
            });
  }
}
