package io.millrace.augmentation.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test sample has the same index in all runs, so that their predictions can be compared. */
class TestPartTest {
  @TempDir Path root;

  @BeforeEach
  void makeImages() throws IOException {
    TestImages.folder(root, "shapes", 20, 30);
  }

  @Test
  void testSamplesAndTheirOrderDependOnlyOnDataAndSplit() {
    List<List<Byte>> samples = samples(0.0, 0L, "{}", 7, 16);

    assertThat(samples).hasSize(10).doesNotHaveDuplicates();
    assertThat(samples(0.25, 0L, "{}", 7, 16)).as("validation_fraction").isEqualTo(samples);
    assertThat(samples(0.0, 0L, "{\"rotation_range\": 90, \"horizontal_flip\": true}", 7, 16))
        .as("augmentation")
        .isEqualTo(samples);
    assertThat(samples(0.0, 0L, "{\"transforms\": [{\"type\": \"mixup\"}]}", 7, 16))
        .as("mixed training samples")
        .isEqualTo(samples);
    assertThat(samples(0.0, 0L, "{}", 8, 16)).as("seed").isEqualTo(samples);
    assertThat(samples(0.0, 0L, "{}", 7, 3)).as("batch_size").isEqualTo(samples);
    assertThat(samples(0.0, 1L, "{}", 7, 16)).as("split_seed").isNotEqualTo(samples);
    // A sample's pixels start with its class and the number of its file.
    assertThat(samples.stream().map(sample -> sample.get(0)))
        .as("classes")
        .containsExactly(bytes(0, 0, 0, 0, 1, 1, 1, 1, 1, 1));
    assertThat(samples.stream().map(sample -> 100 * sample.get(1) + sample.get(2)))
        .as("sorted by class and file")
        .isSorted();
  }

  private static Byte[] bytes(int... values) {
    return IntStream.of(values).mapToObj(value -> (byte) value).toArray(Byte[]::new);
  }

  /** The samples of the test part, each as its class and its pixels. */
  private List<List<Byte>> samples(
      double validation, long splitSeed, String augmentation, long seed, int batchSize) {
    var source =
        new BatchSource(
            "run",
            new DatasetSpec.Images("shapes", null, null, null, 0.2, validation, splitSeed),
            Messages.read(augmentation.getBytes(), Augmentation.class),
            seed,
            batchSize);
    var catalog =
        new DatasetCatalog(
            List.of(root),
            new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16),
            new DecodedCache(1 << 20),
            nanos -> {});
    EpochBatches batches =
        new BatchMaker(catalog, StatisticsStore.alone())
            .batches(new BatchTask.Produce(null, source, Part.TEST, 0, 0, 1, 0));
    var samples = new ArrayList<List<Byte>>();
    for (int batch = 0; batch < batches.count(); batch++) {
      Safetensors file = Safetensors.read(ByteBuffer.wrap(batches.make(batch, null)));
      ByteBuffer pixels = file.tensor("features").data();
      int size = batches.samples(batch);
      int values = pixels.remaining() / size;
      for (int i = 0; i < size; i++) {
        var sample = new ArrayList<Byte>();
        sample.add((byte) file.tensor("labels").data().asIntBuffer().get(i));
        for (int value = 0; value < values; value++) {
          sample.add(pixels.get(i * values + value));
        }
        samples.add(sample);
      }
    }
    return samples;
  }
}
