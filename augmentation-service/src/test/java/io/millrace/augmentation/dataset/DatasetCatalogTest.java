package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ColorMode;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.task.Part;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DatasetCatalogTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16);

  @TempDir Path root;
  private final AtomicInteger decoded = new AtomicInteger();
  private DecodedCache cache;
  private DatasetCatalog catalog;

  @BeforeEach
  void openCatalog() {
    catalog = catalog(LIMITS, root);
  }

  private DatasetCatalog catalog(DatasetLimits limits, Path... roots) {
    cache = new DecodedCache(limits.cacheBytes());
    return new DatasetCatalog(List.of(roots), limits, cache, nanos -> decoded.incrementAndGet());
  }

  private static DatasetSpec.Images images(String name, String... classes) {
    return new DatasetSpec.Images(
        name, classes.length == 0 ? null : List.of(classes), null, null, null, null, null);
  }

  private static DatasetSpec.Images split(String name, double test, double validation, long seed) {
    return new DatasetSpec.Images(name, null, null, null, test, validation, seed);
  }

  private ImageDataset open(DatasetSpec.Images spec) {
    return (ImageDataset) catalog.open(spec);
  }

  private void refuses(DatasetSpec spec, String field, String... words) {
    assertThatThrownBy(() -> catalog.open(spec))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  /** The images of a part, each identified by its class and its number. */
  private static Set<String> pictures(ImageDataset dataset, Part part) {
    var pictures = new HashSet<String>();
    for (int i = 0; i < dataset.description().samples(part); i++) {
      byte[] pixels = dataset.pixels(part, i);
      assertThat((int) pixels[0]).isEqualTo(dataset.label(part, i));
      pictures.add(pixels[0] + "/" + pixels[1]);
    }
    return pictures;
  }

  @Test
  void anImageFolderIsDescribedAndSplitByClass() throws IOException {
    TestImages.folder(root, "shapes", 10, 20);
    ImageDataset dataset = open(split("shapes", 0.2, 0.25, 0));
    var description = dataset.description();
    assertThat(description.sampleShape()).containsExactly(10, 12, 3);
    assertThat(description.classes()).containsExactly("one", "two");
    assertThat(description.train()).isEqualTo(18);
    assertThat(description.trainClassCounts()).containsExactly(6, 12);
    assertThat(description.validation()).isEqualTo(6);
    assertThat(description.test()).isEqualTo(6);
    var all = pictures(dataset, Part.TRAIN);
    all.addAll(pictures(dataset, Part.VALIDATION));
    all.addAll(pictures(dataset, Part.TEST));
    assertThat(all).hasSize(30);
  }

  @Test
  void aSplitDependsOnlyOnItsSeed() throws IOException {
    TestImages.folder(root, "shapes", 30, 30);
    Set<String> test = pictures(open(split("shapes", 0.2, 0, 5)), Part.TEST);
    catalog = catalog(LIMITS, root);
    assertThat(pictures(open(split("shapes", 0.2, 0, 5)), Part.TEST)).isEqualTo(test);
    assertThat(pictures(open(split("shapes", 0.2, 0, 6)), Part.TEST)).isNotEqualTo(test);
  }

  @Test
  void theTestShareOfEachFlowerClassMatchesTheExperiment() {
    int[] tests = StratifiedSplit.shares(new int[] {764, 784, 733, 984}, 0.2);
    assertThat(tests).containsExactly(153, 157, 146, 197);
  }

  @Test
  void onlyTheRequestedClassesAreReadInTheirRequestedOrder() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5, 5);
    Files.writeString(folder.resolve("two").resolve("broken.png"), "this is text");
    ImageDataset dataset = open(images("shapes", "three", "one"));
    assertThat(dataset.description().classes()).containsExactly("three", "one");
    assertThat(dataset.description().skipped()).isZero();
    assertThat(dataset.pixels(Part.TEST, 0)[0]).isEqualTo((byte) 2);
    assertThat(dataset.label(Part.TEST, 0)).isZero();
  }

  @Test
  void unreadableAndOversizedImagesAreLeftOutAndCounted() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    Files.writeString(folder.resolve("two").resolve("text.jpg"), "this is text");
    Files.write(folder.resolve("two").resolve("empty.png"), new byte[0]);
    TestImages.write(folder.resolve("one").resolve("large.png"), 0, 0, 200, 100);
    assertThat(open(images("shapes")).description().skipped()).isEqualTo(3);
  }

  @Test
  void anImageWithAVeryLongSideIsLeftOutEvenIfItHasFewPixels() throws IOException {
    catalog = catalog(new DatasetLimits(1 << 20, 20_000, 1 << 16, 1 << 16), root);
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    TestImages.write(folder.resolve("one").resolve("long.png"), 0, 5, 1, 16_384);
    TestImages.write(folder.resolve("one").resolve("longer.png"), 0, 5, 1, 16_385);
    TestImages.write(folder.resolve("two").resolve("taller.png"), 0, 5, 16_385, 1);
    var description = open(images("shapes")).description();
    assertThat(description.skipped()).isEqualTo(2);
    assertThat(description.train() + description.test()).isEqualTo(11);
  }

  @Test
  void hiddenFoldersAreNotClasses() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    Path hidden = Files.createDirectories(folder.resolve(".thumbnails"));
    TestImages.write(hidden.resolve("000.png"), 0, 0, 10, 12);
    assertThat(open(images("shapes")).description().classes()).containsExactly("one", "two");
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void pipesFoldersAndDanglingLinksAreLeftOutWithoutBlocking() throws Exception {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    Files.createDirectory(folder.resolve("one").resolve("folder.png"));
    Files.createSymbolicLink(folder.resolve("one").resolve("nowhere.png"), Path.of("no-file"));
    Path pipe = folder.resolve("two").resolve("pipe.png");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
    assertThat(open(images("shapes")).description().skipped()).isEqualTo(3);
  }

  @Test
  void anInaccessibleFileFailsTheDataSetInsteadOfChangingItsSplit() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5, 5);
    Path loop = Files.createSymbolicLink(folder.resolve("two").resolve("x.png"), Path.of("x.png"));
    refuses(images("shapes"), "dataset.name", "'shapes' cannot be read", "x.png");
    assertThat(open(images("shapes", "one", "three")).description().train()).isEqualTo(8);
    Files.delete(loop);
    assertThat(open(images("shapes")).description().train()).isEqualTo(12);
  }

  @Test
  void decodingATruncatedImageFailsWithItsFileName() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 1, 5);
    Path broken = folder.resolve("one").resolve("000.png");
    byte[] whole = Files.readAllBytes(broken);
    Files.write(broken, Arrays.copyOf(whole, 60));
    ImageDataset dataset = open(images("shapes"));
    assertThatThrownBy(() -> pictures(dataset, Part.TRAIN))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("one/000.png");
  }

  @Test
  void imagesAreConvertedToTheRequestedSizeAndColours() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    var dataset =
        open(
            new DatasetSpec.Images(
                "shapes", null, new IntPair(5, 6), ColorMode.GRAYSCALE, null, null, null));
    assertThat(dataset.description().sampleShape()).containsExactly(5, 6, 1);
    assertThat(dataset.pixels(Part.TRAIN, 0)).hasSize(30);
  }

  @Test
  void anImageIsDecodedOnceWhileTheCacheHoldsIt() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    ImageDataset dataset = open(images("shapes"));
    pictures(dataset, Part.TRAIN);
    pictures(dataset, Part.TRAIN);
    assertThat(decoded).hasValue(8);
  }

  @Test
  void imagesThatDoNotFitInTheCacheAreDecodedAgainIdentically() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    catalog = catalog(new DatasetLimits(1_200, 10_000, 1 << 16, 1 << 16), root);
    ImageDataset dataset = open(images("shapes"));
    Set<String> first = pictures(dataset, Part.TRAIN);
    assertThat(pictures(dataset, Part.TRAIN)).isEqualTo(first);
    assertThat(decoded.get()).isGreaterThan(8);
  }

  @Test
  void aDataSetThatChangesOnDiskIsReadAgain() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    assertThat(open(images("shapes")).description().train()).isEqualTo(8);
    for (int i = 5; i < 10; i++) {
      TestImages.write(folder.resolve("one").resolve("00" + i + ".png"), 0, i, 10, 12);
    }
    catalog.scan();
    assertThat(open(images("shapes")).description().train()).isEqualTo(12);
  }

  @Test
  void aRewrittenImageIsReadAgain() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    assertThat(open(images("shapes")).description().sampleShape()).containsExactly(10, 12, 3);
    TestImages.write(folder.resolve("one").resolve("000.png"), 0, 0, 20, 24);
    catalog.scan();
    assertThat(open(images("shapes")).description().sampleShape()).containsExactly(20, 24, 3);
  }

  @Test
  void movingAnImageToAnotherClassChangesTheStampOfItsFolder() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 0);
    TestImages.write(folder.resolve("two").resolve("005.png"), 1, 5, 10, 12);
    ImageFolder images = ImageFolder.find(folder.toRealPath(), LIMITS).orElseThrow();
    String before = images.stamp().text();
    assertThat(images.stamp().text()).isEqualTo(before);
    Files.move(folder.resolve("one").resolve("004.png"), folder.resolve("two").resolve("004.png"));
    assertThat(images.stamp().text()).isNotEqualTo(before);
  }

  @Test
  void classNamesOfIdxFilesAreReadAgainWhenTheyChange() throws IOException {
    writeIdx("digits", 12, 12, 12 * 4);
    Path names = root.resolve("digits").resolve("classes.txt");
    Files.writeString(names, "nought\none\n");
    assertThat(open(images("digits")).description().classes()).containsExactly("nought", "one");
    Files.writeString(names, "zero\none\n");
    catalog.scan();
    assertThat(open(images("digits")).description().classes()).containsExactly("zero", "one");
  }

  @Test
  void anUnknownDataSetIsRefusedWithTheKnownNames() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    refuses(
        images("nothing"), "dataset.name", "'nothing' is not a data set here", "elnino", "shapes");
  }

  private List<ImageDataset> openFolders(String name, int count) throws IOException {
    var datasets = new ArrayList<ImageDataset>();
    for (int i = 0; i < count; i++) {
      TestImages.folder(root, name + i, 2, 2);
      datasets.add(open(split(name + i, 0.5, 0, 0)));
    }
    return datasets;
  }

  @Test
  void aDataSetClosedForAnotherLeavesNoPixelsInTheCache() throws IOException {
    ImageDataset first = openFolders("first", 1).get(0);
    Set<String> test = pictures(first, Part.TEST);
    assertThat(cache.bytes()).isPositive();
    openFolders("other", 8);
    assertThat(cache.bytes()).isZero();
    assertThat(pictures(first, Part.TEST)).isEqualTo(test);
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void requestsForUnknownDataSetsCloseNoOpenDataSet() throws IOException {
    for (ImageDataset dataset : openFolders("known", 8)) {
      pictures(dataset, Part.TEST);
    }
    long bytes = cache.bytes();
    for (int i = 0; i < 8; i++) {
      refuses(images("unknown" + i), "dataset.name", "is not a data set here");
    }
    assertThat(cache.bytes()).isEqualTo(bytes);
  }

  @Test
  void aRemovedDataSetLeavesNoPixelsInTheCache() throws IOException {
    pictures(openFolders("gone", 1).get(0), Part.TEST);
    Files.move(root.resolve("gone0"), root.resolve("elsewhere"));
    catalog.scan();
    refuses(images("gone0"), "dataset.name", "is not a data set here");
    assertThat(cache.bytes()).isZero();
    Files.move(root.resolve("elsewhere"), root.resolve("gone0"));
    assertThat(open(images("gone0")).description().train()).isEqualTo(2);
  }

  @Test
  void manyThreadsCanOpenMoreDataSetsThanStayOpen() throws IOException {
    openFolders("set", 12);
    List<Integer> classes =
        IntStream.range(0, 600)
            .parallel()
            .map(i -> pictures(open(split("set" + i * 7 % 12, 0.5, 0, i % 3)), Part.TEST).size())
            .boxed()
            .toList();
    assertThat(classes).hasSize(600).containsOnly(2);
    assertThat(cache.bytes()).isLessThanOrEqualTo(8 * 4 * (10 * 12 * 3 + 160));
  }

  @Test
  void dataSetNamesCannotLeadOutsideTheRoot() throws IOException {
    Path outside = Files.createTempDirectory("outside");
    TestImages.folder(outside, "shapes", 5, 5);
    Files.createSymbolicLink(root.resolve("link"), outside.resolve("shapes"));
    refuses(images("link"), "dataset.name", "is not a data set here");
    assertThatThrownBy(() -> images("..")).isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void theFirstRootWinsIfTwoHaveADataSetOfTheSameName() throws IOException {
    Path other = Files.createDirectories(root.resolve("other-root"));
    TestImages.folder(root, "shapes", 5, 5);
    TestImages.folder(other, "shapes", 10, 10);
    catalog = catalog(LIMITS, other, root);
    assertThat(open(images("shapes")).description().train()).isEqualTo(16);
  }

  @Test
  void anUnknownClassIsRefusedWithTheKnownClasses() throws IOException {
    TestImages.folder(root, "shapes", 5, 5);
    refuses(images("shapes", "one", "seven"), "dataset.classes[1]", "'seven'", "one, two");
  }

  @Test
  void anErrorListsOnlySomeOfVeryManyClasses() throws IOException {
    for (int i = 100; i < 160; i++) {
      Path folder = Files.createDirectories(root.resolve("many").resolve("class-" + i));
      TestImages.write(folder.resolve("000.png"), 0, 0, 10, 12);
    }
    assertThatThrownBy(() -> open(images("many", "class-100", "seven")))
        .hasMessageContaining("'seven' is not a class of this data set; give one of class-100, ")
        .hasMessageEndingWith("class-149, ...");
  }

  @Test
  void fashionMnistIsBundled() {
    catalog = catalog(new DatasetLimits(1 << 20, 10_000, 16 << 20, 1 << 16), root);
    var dataset = open(images("fashion-mnist"));
    var description = dataset.description();
    assertThat(description.sampleShape()).containsExactly(28, 28, 1);
    assertThat(description.train()).isEqualTo(8_000);
    assertThat(description.test()).isEqualTo(2_000);
    assertThat(description.classes()).hasSize(10).startsWith("T-shirt-top", "Trouser");
    assertThat(open(images("fashion-mnist", "Bag", "Coat")).description().train()).isEqualTo(1_600);
  }

  @Test
  void aFolderOfIdxFilesIsADataSet() throws IOException {
    writeIdx("digits", 12, 12, 12 * 4);
    var description = open(images("digits")).description();
    assertThat(description.sampleShape()).containsExactly(2, 2, 1);
    assertThat(description.classes()).containsExactly("0", "1");
  }

  @Test
  void aWrongOrTooLargeIdxHeaderIsRefused() throws IOException {
    writeIdx("short", 12, 12, 12 * 4 - 1);
    refuses(images("short"), "dataset.name", "is shorter than its header says");
    writeIdx("long", 12, 12, 12 * 4 + 1);
    refuses(images("long"), "dataset.name", "is longer than its header says");
    writeIdx("unlike", 12, 11, 12 * 4);
    refuses(images("unlike"), "dataset.name", "has 12 images");
    writeIdx("huge", 100_000, 100_000, 4);
    refuses(images("huge"), "dataset.name", "more than 65536 bytes");
  }

  private void writeIdx(String name, int images, int labels, int bytes) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    var pixels = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(new GZIPOutputStream(pixels))) {
      data.writeInt(0x0803);
      data.writeInt(images);
      data.writeInt(2);
      data.writeInt(2);
      data.write(new byte[bytes]);
    }
    Files.write(folder.resolve("t-images-idx3-ubyte.gz"), pixels.toByteArray());
    var classes = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(classes)) {
      data.writeInt(0x0801);
      data.writeInt(labels);
      for (int i = 0; i < Math.min(labels, 100); i++) {
        data.write(i % 2);
      }
    }
    Files.write(folder.resolve("t-labels-idx1-ubyte"), classes.toByteArray());
  }

  @Test
  void theFlowersAreSplitAsInTheExperiment() {
    Path shared = Path.of(System.getProperty("shared.data", "../../shared/data"));
    assumeTrue(Files.isDirectory(shared.resolve("flowers")), shared + "/flowers is not there");
    catalog = catalog(new DatasetLimits(1 << 20, 1_000_000, 1 << 16, 1 << 16), shared);
    var description = open(images("flowers", "daisy", "rose", "sunflower", "tulip")).description();
    assertThat(description.sampleShape()).containsExactly(150, 150, 3);
    assertThat(description.train()).isEqualTo(2_612);
    assertThat(description.test()).isEqualTo(653);
    assertThat(description.skipped()).isZero();
  }
}
