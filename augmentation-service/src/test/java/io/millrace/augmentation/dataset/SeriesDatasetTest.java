package io.millrace.augmentation.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Scaler;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesDatasetTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16);

  @TempDir Path root;

  private SeriesDataset open(DatasetSpec.Series spec) {
    var cache = new DecodedCache(0);
    return (SeriesDataset) new DatasetCatalog(List.of(root), LIMITS, cache, nanos -> {}).open(spec);
  }

  private void write(String text) throws IOException {
    Files.writeString(root.resolve("s.csv"), text);
  }

  /** Writes ten days with the values 0, 2, 4 and so on. */
  private void writeTenDays() throws IOException {
    var text = new StringBuilder("\"day\",value,other\r\n");
    for (int i = 0; i < 10; i++) {
      text.append("2020-01-0").append(i).append(',').append(2 * i).append(",x\r\n");
    }
    write(text.toString().replace("2020-01-00", "2019-12-31"));
  }

  private static DatasetSpec.Series spec(
      int window, int horizon, Scaler scaler, String testFrom, Double testFraction, double val) {
    return new DatasetSpec.Series(
        "s", "value", null, window, horizon, scaler, testFrom, testFraction, val);
  }

  private void refuses(DatasetSpec.Series spec, String field, String words) {
    assertThatThrownBy(() -> open(spec))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  @Test
  void aWindowBelongsToThePartOfItsPredictedValues() throws IOException {
    writeTenDays();
    var dataset = open(spec(3, 2, Scaler.NONE, "2020-01-07", null, 0));
    var description = dataset.description();
    assertThat(description.sampleShape()).containsExactly(3, 1);
    assertThat(description.train()).isEqualTo(3);
    assertThat(description.test()).isEqualTo(2);
    assertThat(description.series().testDates()).containsExactly("2020-01-07", "2020-01-08");
    assertThat(Windows.value(dataset, Part.TRAIN, 2, 4)).isEqualTo(12f);
    assertThat(Windows.value(dataset, Part.TEST, 0, 0)).isEqualTo(8f);
    assertThat(Windows.value(dataset, Part.TEST, 0, 3)).isEqualTo(14f);
  }

  @Test
  void theValidationPartDirectlyPrecedesTheTestPart() throws IOException {
    writeTenDays();
    var dataset = open(spec(2, 1, Scaler.NONE, null, 0.2, 0.25));
    assertThat(dataset.description().train()).isEqualTo(4);
    assertThat(dataset.description().validation()).isEqualTo(2);
    assertThat(dataset.description().test()).isEqualTo(2);
    assertThat(Windows.value(dataset, Part.VALIDATION, 0, 2)).isEqualTo(12f);
  }

  @Test
  void theScalerIsFittedOnTheTrainingPartOnly() throws IOException {
    writeTenDays();
    var minMax = open(spec(2, 1, Scaler.MIN_MAX, null, 0.2, 0.25));
    assertThat(minMax.description().series().scale()).isEqualTo(10);
    assertThat(minMax.description().series().offset()).isEqualTo(0);
    assertThat(Windows.value(minMax, Part.TEST, 0, 2)).isEqualTo(1.6f);
    var standard = open(spec(2, 1, Scaler.STANDARD, null, 0.2, 0.25)).description().series();
    assertThat(standard.offset()).isEqualTo(5);
    assertThat(standard.scale()).isCloseTo(Math.sqrt(35.0 / 3), within(1e-12));
  }

  @Test
  void aPartThatIsTooShortIsRefusedWithTheResponsibleField() throws IOException {
    writeTenDays();
    refuses(spec(9, 1, Scaler.NONE, null, 0.2, 0), "dataset.window", "need 10 rows");
    refuses(spec(2, 1, Scaler.NONE, "2021-01", null, 0), "dataset.test_from", "no test sample");
    refuses(spec(2, 3, Scaler.NONE, null, 0.2, 0), "dataset.test_fraction", "no test sample");
    refuses(
        spec(2, 1, Scaler.NONE, null, 0.2, 0.01), "dataset.validation_fraction", "no validation");
  }

  @Test
  void aValueThatIsNotANumberIsRefusedWithItsLine() throws IOException {
    write("day,value\n2020-01-01,1\n\n2020-01-02,a lot\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.column", "'a lot' on line 4");
    write("day,value\n2020-01-01,1\n2020-01-02,NaN\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.column", "line 3");
  }

  @Test
  void anUnknownColumnIsRefusedWithTheKnownColumns() throws IOException {
    write("day,amount\n2020-01-01,1\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.column", "give one of day, amount");
  }

  @Test
  void anErrorListsOnlySomeOfVeryManyColumns() throws IOException {
    String names = IntStream.range(0, 5_000).mapToObj(i -> "c" + i).collect(joining(","));
    write("x".repeat(1_000) + "," + names + "\n");
    assertThatThrownBy(() -> open(spec(1, 1, Scaler.NONE, null, 0.2, 0)))
        .hasMessageContaining("give one of " + "x".repeat(57) + "..., c0, c1,")
        .hasMessageEndingWith("c48, ...");
  }

  @Test
  void aNewestFirstExportIsTrainedOnInTimeOrder() throws IOException {
    write("Date,value\n10/16/2020,115\n10/15/2020,114\n10/14/2020,113\n10/13/2020,112\n");
    var dataset = open(spec(1, 1, Scaler.NONE, null, 0.5, 0));
    assertThat(Windows.value(dataset, Part.TRAIN, 0, 0)).isEqualTo(112);
    assertThat(Windows.value(dataset, Part.TEST, 1, 1)).isEqualTo(115);
    var series = dataset.description().series();
    assertThat(series.testDates()).containsExactly("2020-10-15", "2020-10-16");
    assertThat(series.time())
        .isEqualTo(
            new SeriesTime(
                List.of("Date"),
                "month_first",
                null,
                "2020-10-13",
                "2020-10-16",
                "1 day",
                0,
                false,
                null));
  }

  @Test
  void theTestPartCanStartAtATimeOfDay() throws IOException {
    write("at,value\n2020-01-01 00:00,1\n2020-01-01 06:00,2\n2020-01-01 12:00,3\n");
    var dataset = open(spec(1, 1, Scaler.NONE, "2020-01-01T12:00", null, 0));
    assertThat(dataset.description().series().testDates()).containsExactly("2020-01-01T12:00:00");
    refuses(
        spec(1, 1, Scaler.NONE, "2020-01-01T12:00Z", null, 0),
        "dataset.test_from",
        "has a time zone");
    write("at,value\n2020-01-01T00:00Z,1\n2020-01-01T06:00Z,2\n2020-01-01T12:00Z,3\n");
    var zoned = open(spec(1, 1, Scaler.NONE, "2020-01-01T14:00+02:00", null, 0));
    assertThat(zoned.description().series().testDates()).containsExactly("2020-01-01T12:00:00Z");
    assertThat(zoned.description().series().time().zone()).isEqualTo("UTC");
  }

  @Test
  void unreadableDatesAreReportedInTheDescription() throws IOException {
    write("Date,value\nWeek 3,1\nWeek 2,2\nWeek 1,3\n");
    var dataset = open(spec(1, 1, Scaler.NONE, null, 0.3, 0));
    assertThat(Windows.value(dataset, Part.TEST, 0, 1)).isEqualTo(3);
    assertThat(dataset.description().series().time().note())
        .isEqualTo(
            "the dates in column 'Date' cannot be read: 'Week 3' on line 2; give date_format; the rows"
                + " stay in the order of the file");
    write("Year,value\n1990,1\n1991,2\n1992,3\n");
    assertThat(open(spec(1, 1, Scaler.NONE, null, 0.3, 0)).description().series().time().note())
        .startsWith(
            "the dates in column 'Year' cannot be read: '1990' on line 2; give date_format");
  }

  @Test
  void testFromNeedsADateColumn() throws IOException {
    write("value\n1\n2\n3\n");
    refuses(spec(1, 1, Scaler.NONE, "2020-01", null, 0), "dataset.test_from", "no date column");
    assertThat(open(spec(1, 1, Scaler.NONE, null, 0.3, 0)).description().series().testDates())
        .isNull();
  }

  @Test
  void rowsWithTooManyCellsOrAnUnclosedQuoteAreRefused() throws IOException {
    write("day,value\n2020-01-01,1,7\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.name", "line 2: has 3 cells");
    write("day,value\n\"2020-01-01,1\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.name", "never closed");
  }

  @Test
  void requestsCanReadDifferentColumnsOfTheSameFile() throws IOException {
    write("start,a,end,b\n2020-01,1,2021-01,10\n2020-02,2,2021-02,20\n2020-03,3,2021-03,30\n");
    var catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
    var a = (SeriesDataset) catalog.open(column("a", null));
    var b = (SeriesDataset) catalog.open(column("b", null));
    var byEnd = (SeriesDataset) catalog.open(column("b", "end"));
    assertThat(Windows.value(a, Part.TEST, 0, 1)).isEqualTo(3);
    assertThat(Windows.value(b, Part.TEST, 0, 1)).isEqualTo(30);
    assertThat(b.description().series().testDates()).containsExactly("2020-03");
    assertThat(Windows.value(byEnd, Part.TEST, 0, 1)).isEqualTo(30);
    assertThat(byEnd.description().series().testDates()).containsExactly("2021-03");
  }

  private static DatasetSpec.Series column(String name, String dates) {
    return new DatasetSpec.Series("s", name, dates, 1, 1, Scaler.NONE, null, 0.3, null);
  }

  @Test
  void columnsThatAreNotRequestedCanContainAnything() throws IOException {
    write(
        "day,value,\"a \"\"note\"\"\"\n"
            + "2020-01-01,1,\"two\n"
            + "lines\"\n"
            + "2020-01-02,2,\n"
            + "2020-01-03,x,\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.3, 0), "dataset.column", "'x' on line 5");
  }

  @Test
  void aFileOverTheSizeLimitIsRefused() throws IOException {
    write("day,value,other\n2020-01-01,1," + "x".repeat(1 << 16) + "\n");
    refuses(spec(1, 1, Scaler.NONE, null, 0.2, 0), "dataset.name", "more than 65536 bytes");
  }

  /**
   * The checksum comes from an earlier reader that supported only ascending ISO days and months.
   */
  @Test
  void aFileGivesTheSameValuesAsWithTheEarlierReader() throws Exception {
    var random = new SplittableRandom(7);
    var day = LocalDate.of(2000, 1, 3);
    var text = new StringBuilder("\uFEFFnote,day,value,end\r\n");
    for (int i = 0; i < 900; i++) {
      text.append("\"x, \"\"").append(i).append("\"\"\",").append(day).append(", ");
      text.append(random.nextDouble(-50, 50)).append(",2020\r\n");
      day = day.plusDays(random.nextInt(1, 5));
    }
    write(text.append("\r\n").toString());
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Scaler scaler : Scaler.values()) {
      var dataset = open(spec(7, 2, scaler, null, 0.3, 0.1));
      for (Part part : Part.values()) {
        for (int sample = 0; sample < dataset.description().samples(part); sample++) {
          for (int i = 0; i < 9; i++) {
            digest.update(Float.toString(Windows.value(dataset, part, sample, i)).getBytes(UTF_8));
          }
        }
      }
      digest.update(dataset.description().series().testDates().toString().getBytes(UTF_8));
    }
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .isEqualTo("a93b1b7fd98f2f6b00a43c089f71f38512a9133df17c90ebb5b463102c920bed");
  }

  @Test
  void elNinoIsBundled() {
    var description =
        open(new DatasetSpec.Series(
                "elnino", "temperature", null, 60, 1, null, "2005-01", null, null))
            .description();
    assertThat(description.train()).isEqualTo(600);
    assertThat(description.test()).isEqualTo(72);
    assertThat(description.series().testDates()).startsWith("2005-01").endsWith("2010-12");
  }

  @Test
  void aSeriesCannotBeOpenedAsImages() {
    assertThatThrownBy(
            () ->
                new DatasetCatalog(List.of(), LIMITS, new DecodedCache(0), nanos -> {})
                    .open(new DatasetSpec.Images("elnino", null, null, null, null, null, null)))
        .hasMessageContaining("dataset.column: is required");
  }
}
