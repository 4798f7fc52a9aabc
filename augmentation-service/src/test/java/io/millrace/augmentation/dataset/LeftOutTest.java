package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.LeftOutCause;
import io.millrace.contracts.request.ColorMode;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.task.Part;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Skipped files in an image folder, warnings, and the rotation of images. */
class LeftOutTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16);

  @TempDir Path root;
  private DatasetCatalog catalog;
  private Path folder;

  @BeforeEach
  void fill() throws IOException {
    catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(1 << 20), nanos -> {});
    folder = TestImages.folder(root, "shapes", 5, 5);
  }

  private ImageDataset open(IntPair size, ColorMode colours, Boolean turns) {
    return (ImageDataset)
        catalog.open(
            new DatasetSpec.Images("shapes", null, size, colours, null, null, null, turns));
  }

  private DatasetFacts facts() {
    catalog.scan();
    return catalog.facts().get("shapes");
  }

  private void put(String resource, String name) throws IOException {
    Files.write(folder.resolve(name), ImageFormatsTest.file(resource));
  }

  @Test
  void aCleanFolderHasNothingLeftOutAndNoWarnings() {
    assertThat(facts().leftOut()).isNull();
    assertThat(facts().warnings()).isNull();
    assertThat(open(null, null, null).description().leftOut()).isNull();
    assertThat(open(null, null, null).description().warnings()).isNull();
  }

  @Test
  void leftOutFilesAreCountedByCauseWithTheirFirstNames() throws IOException {
    for (int i = 0; i < 7; i++) {
      Files.writeString(folder.resolve("one").resolve("note-" + i + ".txt"), "text");
    }
    Files.createDirectories(folder.resolve("two/deeper"));
    Files.createDirectories(folder.resolve("three"));
    TestImages.write(folder.resolve("beside.png"), 0, 0, 10, 12);
    Files.writeString(folder.resolve("two/bad.webp"), "text");
    TestImages.write(folder.resolve("two/large.png"), 0, 0, 200, 100);
    Files.createSymbolicLink(folder.resolve("two/nowhere.png"), Path.of("no-file"));
    var expected =
        List.of(
            new LeftOut(
                LeftOutCause.OTHER_ENDING,
                7,
                List.of(
                    "one/note-0.txt",
                    "one/note-1.txt",
                    "one/note-2.txt",
                    "one/note-3.txt",
                    "one/note-4.txt")),
            new LeftOut(LeftOutCause.DEEPER_FOLDER, 1, List.of("two/deeper")),
            new LeftOut(LeftOutCause.EMPTY_CLASS, 1, List.of("three")),
            new LeftOut(LeftOutCause.NO_CLASS, 1, List.of("beside.png")),
            new LeftOut(LeftOutCause.UNDECODABLE, 1, List.of("two/bad.webp")),
            new LeftOut(LeftOutCause.TOO_LARGE, 1, List.of("two/large.png")),
            new LeftOut(LeftOutCause.NO_FILE, 1, List.of("two/nowhere.png")));
    assertThat(facts().leftOut()).isEqualTo(expected);
    assertThat(facts().skipped()).isEqualTo(3);
    var description = open(null, null, null).description();
    assertThat(description.leftOut()).isEqualTo(expected);
    assertThat(description.skipped()).isEqualTo(3);
  }

  @Test
  void aNewLeftOutFileIsReportedWithoutANewFingerprint() throws IOException {
    assertThat(facts().leftOut()).isNull();
    String fingerprint = facts().fingerprint();
    Files.writeString(folder.resolve("one").resolve("note.txt"), "text");
    assertThat(facts().leftOut()).hasSize(1);
    assertThat(facts().fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void aClassWithoutReadableImagesIsRefusedAndCausesAWarning() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.writeString(folder.resolve("empty/bad.png"), "text");
    assertThatThrownBy(() -> open(null, null, null))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("'empty' has no readable images");
    assertThat(facts().warnings())
        .singleElement()
        .asString()
        .contains("'empty' has no readable images");
  }

  @Test
  void differingSizesAndColoursCauseWarnings() throws IOException {
    put("grey.bmp", "one/z.bmp");
    put("colours.bmp", "two/z.bmp");
    List<String> expected =
        List.of(
            "the first image sets the size to 10×12; 2 of 12 images have another size and are"
                + " resampled; set image_size to choose the size",
            "the first image has colours, so all images get three channels; 1 of 12 images have"
                + " only grey; set color_mode to choose");
    assertThat(facts().warnings()).isEqualTo(expected);
    assertThat(open(null, null, null).description().warnings()).isEqualTo(expected);
    assertThat(open(new IntPair(5, 5), ColorMode.GRAYSCALE, null).description().warnings())
        .isNull();
  }

  @Test
  void sixteenBitImagesThatUseOnlyTwelveBitsCauseAWarning() throws IOException {
    for (int i = 0; i < 4; i++) {
      var image = new BufferedImage(12, 10, BufferedImage.TYPE_USHORT_GRAY);
      image.getRaster().setSample(3, 3, 0, 4_000 - i);
      ImageIO.write(image, "png", folder.resolve("two/deep-" + i + ".png").toFile());
    }
    assertThat(facts().warnings())
        .contains(
            "4 of 14 images have 16 bits per value, of which only the highest 8 are used; the first"
                + " ones use only the lowest 12, so that 16 levels remain; scale the values to 16"
                + " bits, or save the images with 8 bits");
    put("deep.tif", "two/deep.tif");
    assertThat(facts().warnings()).hasSize(3).anyMatch(warning -> warning.contains("16 bits"));
    Files.move(folder.resolve("two/deep.tif"), folder.resolve("one/deep.tif"));
    assertThat(facts().warnings()).noneMatch(warning -> warning.contains("16 bits"));
  }

  @Test
  void aClassTenTimesAsLargeAsAnotherCausesAWarning() throws IOException {
    TestImages.folder(root, "shapes", 5, 49);
    assertThat(facts().warnings()).isNull();
    TestImages.folder(root, "shapes", 5, 50);
    assertThat(facts().warnings())
        .containsExactly(
            "'two' has 50 images and 'one' has 5; set class_weight to balanced, or look at the metrics"
                + " of each class");
  }

  @Test
  void imagesAreTurnedUprightUnlessTheRequestDisablesIt() throws IOException {
    Path turned = Files.createDirectories(root.resolve("shapes/aside"));
    Files.write(turned.resolve("a.jpg"), ImageFormatsTest.file("turned-6.jpg"));
    Files.write(turned.resolve("b.jpg"), ImageFormatsTest.file("turned-6.jpg"));
    ImageDataset upright = open(null, null, null);
    ImageDataset stored = open(null, null, false);
    assertThat(upright.description().sampleShape()).containsExactly(23, 17, 3);
    assertThat(stored.description().sampleShape()).containsExactly(17, 23, 3);
    byte[] expected = ImageFormatsTest.expected("turned-6.jpg").data();
    assertThat(upright.pixels(Part.TRAIN, 0)).isEqualTo(expected);
    assertThat(stored.pixels(Part.TRAIN, 0))
        .isNotEqualTo(expected)
        .isEqualTo(ImageFormatsTest.expected("turned-1.jpg").data());
    assertThat(upright.description().warnings())
        .anyMatch(warning -> warning.startsWith("2 of 12 images have an Exif orientation"));
    assertThat(stored.description().warnings())
        .noneMatch(warning -> warning.contains("orientation"));
    assertThat(facts().sampleShape()).containsExactly(23, 17, 3);
  }
}
