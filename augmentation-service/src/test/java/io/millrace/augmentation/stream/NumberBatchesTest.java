package io.millrace.augmentation.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches of images with numeric targets, of rows, and of windows with several features. */
class NumberBatchesTest {
  @TempDir Path root;

  private BatchMaker maker;

  @BeforeEach
  void write() throws IOException {
    Path folder = Files.createDirectories(root.resolve("angles"));
    var list = new StringBuilder("file,target\n");
    var rows = new StringBuilder("a,kind,y\n");
    for (int i = 0; i < 10; i++) {
      ImageIO.write(
          new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY),
          "png",
          folder.resolve(i + ".png").toFile());
      list.append(i).append(".png,").append(i / 2.0).append('\n');
      rows.append(i).append(i % 2 == 0 ? ",x," : ",z,").append(i * 3).append('\n');
    }
    Files.writeString(folder.resolve("labels.csv"), list);
    Files.writeString(root.resolve("rows.csv"), rows);
    var limits = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16);
    maker =
        new BatchMaker(
            new DatasetCatalog(List.of(root), limits, new DecodedCache(0), nanos -> {}),
            new StatisticsStore());
  }

  private EpochBatches batches(String dataset, Augmentation augmentation, Part part) {
    DatasetSpec spec =
        Messages.readStrictly(
            dataset.replace('\'', '"').getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
    var source = new BatchSource("a-run", spec, augmentation, 1L, 32);
    return maker.batches(new BatchTask.Produce(null, source, part, 0, 0, 1, 0));
  }

  private static Safetensors read(EpochBatches batches) {
    assertThat(batches.count()).isEqualTo(1);
    return Safetensors.read(ByteBuffer.wrap(batches.make(0, null)));
  }

  private static float[] floats(Safetensors file, String name) {
    float[] values = new float[file.tensor(name).spec().elements()];
    assertThat(file.tensor(name).spec().dtype()).isEqualTo(DType.F32);
    file.tensor(name).data().asFloatBuffer().get(values);
    return values;
  }

  @Test
  void imageBatchesHaveTargetsAndTestBatchesAlsoTheTrainingMean() {
    Safetensors train = read(batches("{'name':'angles'}", Augmentation.NONE, Part.TRAIN));
    Safetensors test = read(batches("{'name':'angles'}", Augmentation.NONE, Part.TEST));
    assertThat(train.tensor("features").spec().shape()).containsExactly(8, 3, 4, 1);
    assertThat(train.tensor("labels").spec().shape()).containsExactly(8, 1);
    assertThat(train.tensors()).doesNotContainKey("mean");
    double sum = 0;
    for (float target : floats(train, "labels")) {
      sum += target;
    }
    assertThat(floats(test, "mean")).hasSize(2).containsOnly((float) (sum / 8));
    for (float target : floats(test, "labels")) {
      sum += target;
    }
    assertThat(sum).isCloseTo(22.5, within(1e-6));
  }

  @Test
  void mixupOfSamplesWithNumericTargetsIsRefused() {
    Augmentation mixup = Augmentation.of(List.of(new TransformSpec.Mixup(0.2, null)));
    assertThatThrownBy(() -> batches("{'name':'angles'}", mixup, Part.TRAIN))
        .hasMessageStartingWith("augmentation.transforms: mixup and cutmix need classes");
  }

  @Test
  void rowBatchesHaveTheirFeaturesAndTargets() {
    String rows = "{'name':'rows','target':'y','scaler':'none'}";
    Safetensors test = read(batches(rows, Augmentation.NONE, Part.TEST));
    assertThat(test.tensor("features").spec().shape()).containsExactly(2, 3);
    float[] features = floats(test, "features");
    float[] labels = floats(test, "labels");
    for (int i = 0; i < 2; i++) {
      assertThat(labels[i]).isEqualTo(3 * features[3 * i]);
      assertThat(features[3 * i + 1]).isEqualTo(features[3 * i] % 2 == 0 ? 1 : 0);
    }
    assertThat(floats(test, "mean")).hasSize(2);
    Safetensors classes =
        read(batches("{'name':'rows','target':'kind'}", Augmentation.NONE, Part.TEST));
    assertThat(classes.tensor("labels").spec().dtype()).isEqualTo(DType.I32);
    assertThat(classes.tensors()).doesNotContainKey("mean");
  }

  @Test
  void jitterChangesEachNumberIndependentlyButNoCategories() {
    Augmentation jitter = Augmentation.of(List.of(new TransformSpec.Jitter(0.5, null)));
    String series =
        "{'name':'rows','columns':['a','kind','y'],'categorical':['kind'],'target':'y',"
            + "'window':2,'scaler':'none'}";
    float[] before = floats(read(batches(series, Augmentation.NONE, Part.TRAIN)), "features");
    float[] after = floats(read(batches(series, jitter, Part.TRAIN)), "features");
    for (int i = 0; i < before.length; i += 4) {
      assertThat(after[i]).isNotEqualTo(before[i]);
      assertThat(after[i + 1]).isEqualTo(before[i + 1]);
      assertThat(after[i + 2]).isEqualTo(before[i + 2]);
      assertThat(after[i + 3]).isNotEqualTo(before[i + 3]);
      assertThat(after[i] - before[i]).isNotEqualTo(after[i + 3] - before[i + 3]);
    }
  }
}
