package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.augmentation.bucket.BucketFiles;
import io.millrace.augmentation.bucket.ObjectCache;
import io.millrace.augmentation.bucket.TestBucket;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.EpochBatches;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data set in a bucket gives the same results as the same files in a folder. */
class BucketDatasetsTest {
  private static final DatasetLimits LIMITS =
      new DatasetLimits(1 << 20, 1_000_000, 16 << 20, 1 << 20);

  @TempDir static Path folder;

  private static TestBucket bucket;
  private static Path root;
  private ObjectCache cache;
  private BucketFiles files;
  private DatasetCatalog there;

  @BeforeAll
  static void start() throws Exception {
    root = Files.createDirectories(folder.resolve("root"));
    TestImages.photos(root, "photos", 24, 20);
    Path parts = Files.createDirectories(root.resolve("parts"));
    TestImages.folder(parts, "train", 8, 9);
    TestImages.folder(parts, "test", 3, 2);
    Files.writeString(parts.resolve("train/one/notes.txt"), "none of the images");
    Files.write(parts.resolve("train/two/broken.png"), new byte[] {1, 2, 3});
    Path listed = TestImages.folder(root, "listed", 9);
    var labels = new StringBuilder("file,label\n");
    for (int i = 0; i < 9; i++) {
      labels.append("one/00").append(i).append(".png,").append(i % 2 == 0 ? "even" : "odd\n");
      labels.append(i % 2 == 0 ? "\n" : "");
    }
    Files.writeString(listed.resolve("labels.csv"), labels);
    Files.writeString(Files.createDirectories(root.resolve("waves")).resolve("w.csv"), series());
    Files.write(root.resolve("arrays.npz"), npz());
    cifar(Files.createDirectories(root.resolve("cifar")));
    noise(root.resolve("noise"), 5, 20, 16);
    bucket = TestBucket.start();
    bucket.putAll(root);
  }

  private static String series() {
    var text = new StringBuilder("value\n");
    var random = new Random(2);
    for (int i = 0; i < 60; i++) {
      text.append(random.nextInt(1_000) / 10.0).append('\n');
    }
    return text.toString();
  }

  private static byte[] npz() throws IOException {
    byte[] pixels = new byte[12 * 4 * 4];
    byte[] labels = new byte[12];
    new Random(3).nextBytes(pixels);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 3);
    }
    var file = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("x_train.npy"));
      zip.write(ImageFormsTest.npy(1, header("(12, 4, 4)"), pixels));
      zip.putNextEntry(new ZipEntry("y_train.npy"));
      zip.write(ImageFormsTest.npy(1, header("(12,)"), labels));
    }
    return file.toByteArray();
  }

  private static String header(String shape) {
    return "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
  }

  /** Writes classes of images that PNG cannot compress; each takes 12,288 bytes on disk. */
  private static void noise(Path at, int seed, int... sizes) throws IOException {
    var random = new Random(seed);
    for (int c = 0; c < sizes.length; c++) {
      Path of = Files.createDirectories(at.resolve(c == 0 ? "one" : "two"));
      for (int i = 0; i < sizes[c]; i++) {
        var image = new BufferedImage(60, 60, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 3_600; pixel++) {
          image.setRGB(pixel % 60, pixel / 60, random.nextInt(1 << 24));
        }
        ImageIO.write(image, "png", of.resolve("%03d.png".formatted(i)).toFile());
      }
    }
  }

  private static void cifar(Path at) throws IOException {
    var random = new Random(4);
    for (String name : List.of("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin")) {
      var batch = ByteBuffer.allocate(10 * 3_073);
      for (int i = 0; i < 10; i++) {
        byte[] pixels = new byte[3_072];
        random.nextBytes(pixels);
        batch.put((byte) (i % 10)).put(pixels);
      }
      Files.write(at.resolve(name), batch.array());
    }
  }

  @AfterAll
  static void stop() {
    bucket.close();
  }

  @BeforeEach
  void open() {
    open(64 << 20);
  }

  private void open(long bytes) {
    cache = ObjectCache.in(folder.resolve("cache"), bytes);
    files = bucket.open(cache);
    there = catalog(files.root());
  }

  @AfterEach
  void close() {
    bucket.front().fail((path, number) -> false);
    bucket.front().deny(0);
    files.close();
    cache.close();
  }

  private static DatasetCatalog catalog(Path root) {
    return new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
  }

  private static String images(String name) {
    return "{\"name\": \"" + name + "\", \"test_fraction\": 0.25, \"split_seed\": 3}";
  }

  private static EpochBatches make(DatasetCatalog catalog, String dataset, Part part, int epoch) {
    boolean isSeries = dataset.contains("column");
    BatchTask.Produce task =
        Messages.read(
            """
            {"type": "produce", "source": {"run": "r", "dataset": %s, "seed": 7, "batch_size": 5,
             "augmentation": %s},
             "part": "%s", "epoch": %d, "first_batch": 0, "batch_count": 8}
            """
                .formatted(
                    dataset, isSeries ? "{}" : "{\"rotation_range\": 20}", part.json(), epoch)
                .getBytes(StandardCharsets.UTF_8),
            BatchTask.Produce.class);
    return new BatchMaker(catalog, new StatisticsStore()).batches(task);
  }

  private static String digest(byte[] batch) {
    return HexFormat.of().formatHex(Sha256.create().digest(batch));
  }

  private static List<String> batches(
      DatasetCatalog catalog, String dataset, Part part, int epoch) {
    EpochBatches batches = make(catalog, dataset, part, epoch);
    var digests = new ArrayList<String>();
    for (int i = 0; i < batches.count(); i++) {
      digests.add(digest(batches.make(i, null)));
    }
    return digests;
  }

  private static void assertSame(DatasetCatalog there, String dataset, int epoch) {
    DatasetCatalog here = catalog(root);
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      assertThat(batches(there, dataset, part, epoch))
          .isNotEmpty()
          .isEqualTo(batches(here, dataset, part, epoch));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"photos", "parts", "listed", "arrays", "cifar", "noise"})
  void imagesInABucketGiveTheSameBatchesAsALocalFolder(String name) {
    assertSame(there, images(name), 1);
    DatasetFacts facts = there.facts(name);
    DatasetFacts same = catalog(root).facts(name);
    assertThat(facts.problem()).isNull();
    assertThat(facts.of("")).isEqualTo(same.of(""));
  }

  @Test
  void aSeriesInABucketGivesTheSameBatchesAsALocalFile() {
    assertSame(there, "{\"name\": \"waves\", \"column\": \"value\", \"window\": 4}", 0);
    assertThat(there.facts("waves")).isEqualTo(catalog(root).facts("waves"));
  }

  @Test
  void theCatalogFetchesOnlyTheStartOfLargeImages() {
    int before = bucket.front().asked("/runs/data/sets/noise/one/000.png");
    there.scan();

    assertThat(there.facts().keySet())
        .contains("photos", "parts", "listed", "waves", "arrays", "cifar", "noise", "elnino");
    assertThat(there.facts().values()).allMatch(DatasetFacts::isUsable);
    assertThat(there.facts("noise").sampleShape()).containsExactly(60, 60, 3);
    assertThat(bucket.front().asked("/runs/data/sets/noise/one/000.png")).isEqualTo(before + 1);
    int smallImages = 24 + 20 + 8 + 9 + 1 + 3 + 2 + 9;
    int filesOfArraysSeriesAndLabels = 1 + 3 + 1 + 1;
    assertThat(cache.fetched()).isEqualTo(smallImages + filesOfArraysSeriesAndLabels);
  }

  @Test
  void aChangedObjectFailsItsTaskAndChangesTheFingerprint() throws Exception {
    noise(folder.resolve("before/changing"), 1, 6, 6);
    noise(folder.resolve("after/changing"), 2, 6, 6);
    bucket.putAll(folder.resolve("before"));
    files.list();
    String dataset = images("changing");
    String fingerprint = there.facts("changing").fingerprint();
    EpochBatches batches = make(there, dataset, Part.TRAIN, 0);
    bucket.putAll(folder.resolve("after"));

    assertThatThrownBy(() -> batches.make(0, null))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("s3://runs/data/sets/changing/")
        .hasMessageContaining("has changed since the bucket was listed");

    files.list();
    there.scan();
    assertThat(there.facts("changing").fingerprint()).isNotEqualTo(fingerprint);
    assertThatThrownBy(() -> make(there, dataset, Part.TRAIN, 0).content().require(fingerprint))
        .hasMessageContaining("is not the one that the run started with");
    assertThat(batches(there, dataset, Part.TRAIN, 0))
        .isEqualTo(batches(catalog(folder.resolve("after")), dataset, Part.TRAIN, 0));
  }

  @Test
  void aDeletedObjectFailsItsTaskWithItsName() throws Exception {
    noise(folder.resolve("gone/going"), 1, 4, 4);
    bucket.putAll(folder.resolve("gone"));
    files.list();
    EpochBatches batches = make(there, images("going"), Part.TRAIN, 0);
    for (int i = 0; i < 4; i++) {
      bucket.delete("going/one/00" + i + ".png");
      bucket.delete("going/two/00" + i + ".png");
    }

    assertThatThrownBy(() -> batches.make(0, null))
        .hasMessageContaining("s3://runs/data/sets/going/")
        .hasMessageContaining("was deleted after the bucket was listed");

    files.list();
    there.scan();
    assertThatThrownBy(() -> there.facts("going")).hasMessageContaining("not a data set here");
  }

  @ParameterizedTest
  @ValueSource(longs = {7 * 12_288 * 8 / 7, 40 * 4_096, 18 * 12_288})
  void aCacheSmallerThanTheDataSetServesAllBatchesWithinItsLimit(long bytes) throws Exception {
    close();
    open(bytes);
    DatasetCatalog here = catalog(root);
    for (int epoch = 0; epoch < 4; epoch++) {
      EpochBatches made = make(there, images("noise"), Part.TRAIN, epoch);
      EpochBatches same = make(here, images("noise"), Part.TRAIN, epoch);
      for (int i = 0; i < made.count(); i++) {
        assertThat(digest(made.make(i, null))).isEqualTo(digest(same.make(i, null)));
        assertThat(cache.bytes()).isLessThanOrEqualTo(bytes);
        assertThat(onDisk()).isLessThanOrEqualTo(bytes);
      }
    }
  }

  /** The size of all files in the cache's folder. */
  private long onDisk() throws IOException {
    long all = 0;
    try (Stream<Path> kept = Files.walk(folder.resolve("cache"))) {
      for (Path file : kept.toList()) {
        try {
          all += Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (java.nio.file.NoSuchFileException e) {
          continue; // It was evicted.
        }
      }
    }
    return all;
  }

  @Test
  void theCachedPartOfALargerDataSetIsNotFetchedAgain() {
    close();
    // The cache keeps 21 of 36 images; 27 are in the training part.
    open(24 * 12_288);
    batches(there, images("noise"), Part.TRAIN, 0);
    long first = cache.fetched();

    batches(there, images("noise"), Part.TRAIN, 1);
    batches(there, images("noise"), Part.TRAIN, 2);

    // An image that passes through may be fetched twice: it can be evicted before it is read.
    assertThat(first).isBetween(27L, 30L);
    // Some of the images that have passed through are still cached.
    assertThat(cache.fetched() - first).isBetween(1L, 2L * (27 - 21) + 6);
  }

  @Test
  void imagesOfABatchAreFetchedConcurrently() {
    batches(there, images("noise"), Part.TRAIN, 0);

    assertThat(bucket.front().mostAtATime()).isGreaterThan(1);
  }

  @Test
  void failedRequestsToTheBucketAreRetried() {
    bucket.front().fail((request, number) -> number <= 2);

    assertSame(there, images("noise"), 0);
    assertSame(there, images("parts"), 0);

    assertThat(bucket.front().failed()).isGreaterThan(10);
  }

  @Test
  void anUnavailableBucketKeepsItsLastListing() {
    files.close();
    files = bucket.open(TestBucket.ADDRESS, cache, 2); // Fewer attempts and pauses.
    there = catalog(files.root());
    List<String> before = batches(there, images("photos"), Part.TRAIN, 0);
    bucket.front().deny(503);

    assertThatThrownBy(files::list).hasMessageContaining("the server failed (503");
    there.scan();

    assertThat(batches(there, images("photos"), Part.TRAIN, 0)).isEqualTo(before);
  }

  @Test
  void aMissingBucketIsNamedInTheError() {
    assertFails(
        bucket.open(new StoreAddress.Bucket("nowhere", "x/"), cache, 4),
        "there is no bucket nowhere at http://127.0.0.1",
        "millrace.datasets.roots");
  }

  @Test
  void aDeniedRequestNamesTheKeySettingButNotTheKey() {
    bucket.front().deny(403);

    assertFails(files, "s3://runs/data/sets/", "(403", "millrace.datasets.s3.access-key");
  }

  @Test
  void anUnreachableServerIsNamedInTheError() {
    var access =
        new S3Access(
            Optional.of(URI.create("http://127.0.0.1:9")),
            "us-east-1",
            true,
            Optional.of("key"),
            Optional.of("hidden"));
    assertFails(
        BucketFiles.open(access, TestBucket.ADDRESS, cache, bounds(10)),
        "cannot be read from http://127.0.0.1:9",
        "millrace.datasets.s3.endpoint");
  }

  @Test
  void aRootWithTooManyObjectsFailsAndNamesTheSetting() {
    assertFails(
        BucketFiles.open(bucket.access(), TestBucket.ADDRESS, cache, bounds(10)),
        "has more than 10 objects",
        "millrace.datasets.max-objects");
  }

  private static BucketFiles.Bounds bounds(int objects) {
    return new BucketFiles.Bounds(Duration.ofHours(1), objects, 2);
  }

  private static void assertFails(BucketFiles root, String... words) {
    try (root) {
      DatasetCatalog catalog = catalog(root.root());
      assertThatThrownBy(() -> make(catalog, images("photos"), Part.TRAIN, 0))
          .isInstanceOf(InvalidMessageException.class)
          .hasMessageContaining("photos")
          .hasMessageContainingAll(words)
          .message()
          .doesNotContain("hidden");
      catalog.scan();
      assertThat(catalog.mayHave("photos")).as("an unreadable root may have the data set").isTrue();
    }
  }

  @Test
  void aFileLargerThanTheCacheIsDescribedButFailsItsTask() {
    close();
    open(16_384);

    assertThat(there.facts("cifar").of("")).isEqualTo(catalog(root).facts("cifar").of(""));
    assertThatThrownBy(() -> make(there, images("cifar"), Part.TRAIN, 0).make(0, null))
        .hasMessageContaining("s3://runs/data/sets/cifar/data_batch_")
        .hasMessageContaining("has 30730 bytes")
        .hasMessageContaining("raise millrace.datasets.object-cache-bytes");
  }
}
