package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.EpochBatches;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images of the test part are those that trainers get, with the same indices. */
class TestImagesTest {
  /** Images of 10×12 are enlarged 5 times, to a width of 60 pixels. */
  private static final int FACTOR = 5;

  @TempDir Path root;

  private DatasetCatalog catalog;
  private SheetMaker maker;

  @BeforeEach
  void open() {
    catalog =
        new DatasetCatalog(
            List.of(root),
            new DatasetLimits(1 << 20, 100_000_000, 1 << 20, 1 << 20),
            new DecodedCache(1 << 24),
            nanos -> {});
    maker = new SheetMaker(catalog);
  }

  private static DatasetSpec dataset(String fields) {
    return Messages.read(
        ("{\"name\": \"shapes\"" + fields + "}").getBytes(StandardCharsets.UTF_8),
        DatasetSpec.class);
  }

  private BufferedImage shown(DatasetSpec dataset, Integer... indices) throws IOException {
    byte[] png = maker.testImages(new TestImagesRequest(dataset, List.of(indices), null)).png();
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  /** The images of a strip in their original size; checks that each one is enlarged completely. */
  private static List<List<Integer>> cells(BufferedImage strip, int images, int factor) {
    int width = strip.getWidth() / images / factor;
    int height = strip.getHeight() / factor;
    assertThat(width * images * factor).isEqualTo(strip.getWidth());
    var cells = new ArrayList<List<Integer>>();
    for (int image = 0; image < images; image++) {
      var pixels = new ArrayList<Integer>();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int left = (image * width + x) * factor;
          int pixel = strip.getRGB(left, y * factor) & 0xFFFFFF;
          assertThat(strip.getRGB(left + factor - 1, (y + 1) * factor - 1) & 0xFFFFFF)
              .isEqualTo(pixel);
          pixels.add(pixel);
        }
      }
      cells.add(pixels);
    }
    return cells;
  }

  /** The samples of the test part that a trainer gets. The augmentation does not change them. */
  private List<List<Integer>> tested(DatasetSpec dataset) {
    var augmentation =
        Messages.read(
            "{\"rotation_range\": 90, \"horizontal_flip\": true}".getBytes(StandardCharsets.UTF_8),
            Augmentation.class);
    var source = new BatchSource("run", dataset, augmentation, 7L, 3);
    EpochBatches batches =
        new BatchMaker(catalog, StatisticsStore.alone())
            .batches(new BatchTask.Produce(null, source, Part.TEST, 4, 0, 1, 0));
    var samples = new ArrayList<List<Integer>>();
    for (int batch = 0; batch < batches.count(); batch++) {
      ByteBuffer values =
          Safetensors.read(ByteBuffer.wrap(batches.make(batch, null))).tensor("features").data();
      int pixels = values.remaining() / batches.samples(batch) / 3;
      for (int sample = 0; sample < batches.samples(batch); sample++) {
        var image = new ArrayList<Integer>();
        for (int pixel = 0; pixel < pixels; pixel++) {
          image.add((values.get() & 0xFF) << 16 | (values.get() & 0xFF) << 8 | values.get() & 0xFF);
        }
        samples.add(image);
      }
    }
    return samples;
  }

  private static Integer[] all(int samples) {
    return IntStream.range(0, samples).boxed().toArray(Integer[]::new);
  }

  @Test
  void shownImagesAreTheTrainersTestSamplesInTheSameOrder() throws IOException {
    TestImages.folder(root, "shapes", 20, 30);
    for (String split :
        new String[] {
          ", \"test_fraction\": 0.2",
          ", \"test_fraction\": 0.3, \"split_seed\": 5, \"validation_fraction\": 0.25",
          ", \"test_fraction\": 0.2, \"classes\": [\"two\", \"one\"]"
        }) {
      List<List<Integer>> tested = tested(dataset(split));
      int samples = tested.size();

      assertThat(tested).as("every sample is a different image").doesNotHaveDuplicates();
      assertThat(cells(shown(dataset(split), all(samples)), samples, FACTOR))
          .as(split)
          .isEqualTo(tested);
      assertThat(cells(shown(dataset(split), 7, 2, 7), 3, FACTOR))
          .as("in the requested order")
          .containsExactly(tested.get(7), tested.get(2), tested.get(7));
    }
    assertThat(tested(dataset(", \"test_fraction\": 0.2, \"split_seed\": 1")))
        .as("another split seed selects other samples")
        .isNotEqualTo(tested(dataset(", \"test_fraction\": 0.2")));
  }

  @Test
  void aSeparateTestFolderIsTheTestPart() throws IOException {
    TestImages.folder(root, "shapes/train", 5, 5);
    for (int c = 0; c < 2; c++) {
      Path folder = root.resolve("shapes/test").resolve(c == 0 ? "one" : "two");
      Files.createDirectories(folder);
      for (int i = 0; i < 3; i++) {
        TestImages.write(folder.resolve(i + ".png"), c, 100 + i, 10, 12);
      }
    }

    List<List<Integer>> cells = cells(shown(dataset(""), all(6)), 6, FACTOR);

    assertThat(cells).isEqualTo(tested(dataset("")));
    // Red is the class, green the file.
    assertThat(cells.stream().map(cell -> cell.get(0) >> 8))
        .containsExactly(100, 101, 102, 256 + 100, 256 + 101, 256 + 102);
  }

  @Test
  void shownImagesAreNeverSmallerThanTheRequestedSize() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    DatasetSpec large = dataset(", \"image_size\": [40, 56]");

    assertThat(cells(shown(large, 0, 1), 2, 1)).isEqualTo(tested(large).subList(0, 2));
    assertThat(shown(dataset(", \"image_size\": [9, 55]"), 0).getWidth()).isEqualTo(110);
    assertThat(shown(dataset(", \"image_size\": [100, 1]"), 0).getHeight()).isEqualTo(5_600);
    assertThat(
            shown(
                    dataset(", \"image_size\": [224, 224]"),
                    Collections.nCopies(48, 1).toArray(new Integer[0]))
                .getWidth())
        .isEqualTo(48 * 224);
    assertThat(shown(dataset(", \"color_mode\": \"grayscale\""), 0).getRaster().getNumBands())
        .isEqualTo(1);
  }

  @Test
  void indicesAndSizesOutOfRangeAreRefusedWithTheirField() throws IOException {
    TestImages.folder(root, "shapes", 20, 30);

    assertThat(refusal(dataset(", \"test_fraction\": 0.2"), 9, 10))
        .isEqualTo("indices[1]: 10 is out of range; give 0..9");
    assertThat(refusal(dataset(""), -1)).startsWith("indices[0]: -1 is out of range");
    assertThat(refusal(dataset(""))).isEqualTo("indices: has 0 elements; give 1..48");
    assertThat(refusal(dataset(""), Collections.nCopies(49, 0).toArray(new Integer[0])))
        .isEqualTo("indices: has 49 elements; give 1..48");
    assertThat(refusal(dataset(", \"image_size\": [1000, 1000]"), 0, 1, 2))
        .isEqualTo("indices: 3 images of 1000×1000 are too many for one picture; give at most 2");
    assertThat(refusal(dataset(", \"image_size\": [2000, 2000]"), 0))
        .startsWith("dataset.image_size: an image of 2000×2000");
    assertThat(refusal(dataset(", \"column\": \"a\""), 0)).startsWith("dataset: has no images");
  }

  @Test
  void aDataSetThatChangedSinceTheRunIsNotShown() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    var source = new BatchSource("run", dataset(""), null, 0L, 1);
    String fingerprint =
        new BatchMaker(catalog, StatisticsStore.alone()).describe(source).fingerprint();

    assertThat(maker.testImages(new TestImagesRequest(dataset(""), List.of(0), fingerprint)).png())
        .isNotEmpty();
    assertThatThrownBy(
            () ->
                maker.testImages(
                    new TestImagesRequest(dataset(""), List.of(0), "0123456789abcdef".repeat(4))))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("dataset.name: the data set 'shapes' is not the one");
  }

  private String refusal(DatasetSpec dataset, Integer... indices) {
    try {
      maker.testImages(new TestImagesRequest(dataset, List.of(indices), null));
      return null;
    } catch (InvalidMessageException e) {
      return e.getMessage();
    }
  }
}
