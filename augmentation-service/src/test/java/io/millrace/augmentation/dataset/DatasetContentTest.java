package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts about data sets, and their changes when files change. */
class DatasetContentTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 1 << 20, 1 << 16, 1 << 20);

  @TempDir Path root;
  private DatasetCatalog catalog;

  @BeforeEach
  void openCatalog() {
    catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(1 << 20), nanos -> {});
  }

  @AfterEach
  void closeCatalog() {
    catalog.close();
  }

  private static DatasetSpec.Images images(String name) {
    return new DatasetSpec.Images(name, null, null, null, null, null, null);
  }

  private DatasetFacts csv(String text) throws IOException {
    Files.writeString(root.resolve("s.csv"), text);
    catalog.scan();
    return catalog.facts().get("s");
  }

  private String problem(String name) {
    catalog.scan();
    DatasetFacts facts = catalog.facts().get(name);
    assertThat(facts.isUsable()).isFalse();
    assertThat(facts.fingerprint()).isNull();
    return facts.problem();
  }

  private static void age(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_500_000_000_000L));
      }
    }
  }

  @Test
  void imagesAreCountedByClass() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 3, 5);
    Files.writeString(folder.resolve("two").resolve("text.jpg"), "this is text");
    catalog.scan();
    DatasetFacts facts = catalog.facts().get("shapes");
    assertThat(facts.kind()).isEqualTo(DatasetKind.IMAGES);
    assertThat(facts.classes()).containsExactly("one", "two");
    assertThat(facts.classCounts()).containsExactly(3, 5);
    assertThat(facts.sampleShape()).containsExactly(10, 12, 3);
    assertThat(facts.samples()).isEqualTo(8);
    assertThat(facts.skipped()).isEqualTo(1);
    assertThat(facts.fingerprint()).matches("[0-9a-f]{64}");
    assertThat(catalog.openRead(images("shapes")).content().fingerprint())
        .isEqualTo(facts.fingerprint());
  }

  @Test
  void theBundledDataSetsAreListedWithTheirFacts() {
    var larger = new DatasetLimits(1 << 20, 10_000, 16 << 20, 1 << 20);
    try (var all = new DatasetCatalog(List.of(), larger, new DecodedCache(0), nanos -> {})) {
      all.scan();
      Map<String, DatasetFacts> facts = all.facts();
      assertThat(facts).containsOnlyKeys("elnino", "fashion-mnist");
      assertThat(facts.get("elnino").columns()).containsExactly("temperature");
      assertThat(facts.get("elnino").dateColumns()).containsExactly("month");
      assertThat(facts.get("elnino").from()).isEqualTo("1950-01");
      assertThat(facts.get("elnino").to()).isEqualTo("2010-12");
      assertThat(facts.get("elnino").samples()).isEqualTo(732);
      assertThat(facts.get("fashion-mnist").samples()).isEqualTo(10_000);
      assertThat(facts.get("fashion-mnist").sampleShape()).containsExactly(28, 28, 1);
      assertThat(facts.get("fashion-mnist").classes()).hasSize(10).contains("Bag");
    }
  }

  @Test
  void aSeriesListsTheColumnsThatARequestCanName() throws IOException {
    DatasetFacts facts =
        csv(
            "note,day,a,b,end\n"
                + "x,2020-01-01,1,2,2021-01\n"
                + "y,2020-01-02,-1.5e3,,2021-02\n"
                + "z,2020-01-05,.5,3,2021-02\n");
    assertThat(facts.kind()).isEqualTo(DatasetKind.SERIES);
    assertThat(facts.columns()).containsExactly("a", "b");
    assertThat(facts.dateColumns()).containsExactly("day", "end");
    assertThat(facts.samples()).isEqualTo(3);
    assertThat(facts.from()).isEqualTo("2020-01-01");
    assertThat(facts.to()).isEqualTo("2020-01-05");
  }

  @Test
  void factsOfASeriesShowHowItsDatesAreRead() throws IOException {
    SeriesTime hours =
        csv("t,at,b\n1,31.10.2020 23:00,1\n2,31.10.2020 22:00,1\n3,1.11.2020,1\n").time();
    assertThat(hours)
        .isEqualTo(
            new SeriesTime(
                List.of("at"),
                "day_first",
                null,
                "2020-10-31T22:00:00",
                "2020-11-01",
                "1 hour",
                0,
                false,
                null));
    assertThat(csv("at,b\n1/2/2020,1\n1/3/2020,1\n").time())
        .isEqualTo(
            SeriesTime.none(
                "dataset.date_format: is required: no date in column 'at' shows whether the month or"
                    + " the day comes first; give a pattern such as %m/%d/%Y or %d/%m/%Y, or"
                    + " date_column: null if the rows are sorted by time"));
    assertThat(csv("at,who,b\n2020-01-01,x,1\n2020-01-01,y,1\n2020-01-02,x,1\n").time().note())
        .startsWith("dataset.date_column: 2020-01-01 on line 3 is also the time of line 2;");
    assertThat(csv("b\n1\n2\n").time())
        .isEqualTo(SeriesTime.none("no column has dates; the rows stay in the order of the file"));
    assertThat(csv("day,b\n2020-01-01,1\nlater,1\n").time().note())
        .isEqualTo(
            "dataset.date_column: 'later' on line 3 is not a date written like those before it");
  }

  @Test
  void factsOfASeriesReportMissingValuesAndSteps() throws IOException {
    assertThat(csv("a,b,c\n1,NA,x\n2,,y\n3,4,\n").time().note())
        .isEqualTo(
            "no column has dates; the rows stay in the order of the file; values are"
                + " missing"
                + " in b (2); give missing");
    var months = new StringBuilder("m,v\n");
    for (int i = 0; i < 60; i++) {
      months.append(i == 20 ? "" : YearMonth.of(2020, 1).plusMonths(i) + ",1\n");
    }
    SeriesTime time = csv(months.toString()).time();
    assertThat(time.note()).isEqualTo("missing steps of 1 month: 1; give missing");
    assertThat(time.gaps()).isEqualTo(1);
  }

  @Test
  void factsListOnlySomeOfVeryManyColumns() throws IOException {
    String names = String.join(",", IntStream.range(0, 1_500).mapToObj(i -> "c" + i).toList());
    assertThat(csv(names + "\n" + "1,".repeat(1_499) + "1\n").columns()).hasSize(1_000);
  }

  @Test
  void aHalfWrittenSeriesHasAProblemUntilItIsComplete() throws IOException {
    assertThat(csv("day,value\n2020-01-01,1\n2020-0").problem())
        .isEqualTo("s.csv, line 3: has 1 cell, but the header has 2");
    DatasetFacts whole = csv("day,value\n2020-01-01,1\n2020-01-02,2\n");
    assertThat(whole.isUsable()).isTrue();
    assertThat(whole.samples()).isEqualTo(2);
  }

  @Test
  void aDataSetThatCannotBeOpenedShowsItsProblem() throws IOException {
    assertThat(csv("day,text\n2020-01-01,a\n").problem()).contains("no numeric column");
    assertThat(csv("day,value\n").problem()).contains("has no rows");
    Files.createDirectories(root.resolve("twice"));
    Files.writeString(root.resolve("twice").resolve("a.csv"), "a\n1\n");
    Files.writeString(root.resolve("twice").resolve("b.csv"), "a\n1\n");
    assertThat(problem("twice"))
        .startsWith("twice has 2 CSV files; give one, or one for each part");
    TestImages.folder(root, "single", 3);
    assertThat(problem("single")).isEqualTo("has 1 class; a task needs 2 to 1000");
    Path folder = TestImages.folder(root, "empty", 3);
    Files.createDirectories(folder.resolve("two"));
    Files.writeString(folder.resolve("two").resolve("text.png"), "this is text");
    assertThat(problem("empty")).isEqualTo("'two' has no readable images");
    Files.createDirectories(root.resolve("nothing"));
    assertThat(problem("nothing")).contains("'nothing' has no image folders");
  }

  @Test
  void aDataSetIsUsableOnceItsInaccessibleFileIsGone() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    Path loop = Files.createSymbolicLink(folder.resolve("two").resolve("x.png"), Path.of("x.png"));
    assertThat(problem("shapes")).contains("'shapes' cannot be read", "x.png");
    Files.delete(loop);
    catalog.scan();
    assertThat(catalog.facts().get("shapes").isUsable()).isTrue();
  }

  @Test
  void aDataSetThatChangesWhileOpenIsReopenedWithAnotherFingerprint() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    var before = (ImageDataset) catalog.openRead(images("shapes"));
    String fingerprint = before.content().fingerprint();
    TestImages.write(folder.resolve("one").resolve("000.png"), 7, 7, 20, 24);
    catalog.scan();
    var after = (ImageDataset) catalog.openRead(images("shapes"));
    assertThat(after.height()).isEqualTo(20);
    assertThat(after.content().fingerprint()).isNotEqualTo(fingerprint);
    assertThat(before.content().fingerprint()).isEqualTo(fingerprint);
    assertThat(before.content().isReplaced()).isTrue();
    assertThat(after.content().isReplaced()).isFalse();
    assertThatThrownBy(() -> after.content().require(fingerprint))
        .isInstanceOfSatisfying(
            InvalidMessageException.class, e -> assertThat(e.field()).isEqualTo("dataset.name"))
        .hasMessageContaining("the data set 'shapes' is not the one that the run started with");
    before.content().require(fingerprint);
  }

  @Test
  void filesThatChangeBetweenOpeningAndReadingAreOpenedAgain() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    assertThat(catalog.open(images("shapes")).description().train()).isEqualTo(8);
    for (int i = 5; i < 10; i++) {
      TestImages.write(folder.resolve("one").resolve("00" + i + ".png"), 0, i, 10, 12);
    }
    Dataset read = catalog.openRead(images("shapes"));
    assertThat(read.description().train()).isEqualTo(12);
    assertThat(catalog.facts("shapes").samples()).isEqualTo(15);
    assertThat(read.content().fingerprint()).isEqualTo(catalog.facts("shapes").fingerprint());
  }

  @Test
  void onlyChangedFilesAreReadAgain() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 5, 5);
    age(folder);
    catalog.scan();
    // A change that keeps size, time and inode shows that the file is not read again.
    Path file = folder.resolve("one").resolve("000.png");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes, StandardOpenOption.WRITE);
    TestImages.write(folder.resolve("one").resolve("005.png"), 0, 5, 10, 12);
    age(folder);
    catalog.scan();
    String cached = catalog.facts().get("shapes").fingerprint();
    openCatalog();
    catalog.scan();
    assertThat(catalog.facts().get("shapes").samples()).isEqualTo(11);
    assertThat(catalog.facts().get("shapes").fingerprint()).isNotEqualTo(cached);
  }

  @Test
  void aFileWrittenTwiceWithTheSameTimestampIsReadTwice() throws IOException {
    Path file = root.resolve("s.csv");
    FileTime time = FileTime.fromMillis(System.currentTimeMillis() - 1_000);
    Files.writeString(file, "value\n1\n2\n3\n");
    Files.setLastModifiedTime(file, time);
    catalog.scan();
    String first = catalog.facts().get("s").fingerprint();
    Files.writeString(file, "value\n1\n2\n4\n", StandardOpenOption.WRITE);
    Files.setLastModifiedTime(file, time);
    await()
        .untilAsserted(
            () -> {
              catalog.scan();
              assertThat(catalog.facts().get("s").fingerprint()).isNotEqualTo(first);
            });
  }

  @Test
  void theCatalogNoticesNewChangedAndDeletedFilesByItself() throws IOException {
    catalog.start();
    Files.writeString(root.resolve("s.csv"), "value\n1\n2\n3\n");
    Duration soon = Duration.ofSeconds(20);
    await().atMost(soon).until(() -> catalog.facts().containsKey("s"));
    Files.writeString(root.resolve("s.csv"), "value\n1\n2\n3\n4\n");
    await().atMost(soon).until(() -> catalog.facts().get("s").samples() == 4);
    Files.delete(root.resolve("s.csv"));
    await().atMost(soon).until(() -> !catalog.facts().containsKey("s"));
    assertThat(catalog.mayHave("s")).isFalse();
  }

  @Test
  void aSmallDataSetDoesNotWaitForALargeOne() throws IOException {
    Path large = TestImages.folder(root, "large", 1, 1);
    for (int i = 1; i <= 60; i++) {
      // A sparse file of 15 MiB: a small image, then zeros.
      Path file = large.resolve("one").resolve(i + ".png");
      TestImages.write(file, 0, 0, 10, 12);
      try (var hollow = new RandomAccessFile(file.toFile(), "rw")) {
        hollow.setLength(15 << 20);
      }
    }
    var orders = new CopyOnWriteArrayList<List<String>>();
    catalog.onChange(() -> orders.add(new ArrayList<>(catalog.facts().keySet())));
    TestImages.folder(root, "small", 3, 3);
    catalog.start();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> orders.stream().anyMatch(known -> known.contains("large")));
    assertThat(orders.stream().filter(known -> known.contains("large")).findFirst().orElseThrow())
        .contains("small", "elnino");
    assertThat(orders).anySatisfy(known -> assertThat(known).contains("small"));
  }
}
