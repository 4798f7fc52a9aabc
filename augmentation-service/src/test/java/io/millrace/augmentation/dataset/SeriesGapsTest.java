package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Missing;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Missing values of series. */
class SeriesGapsTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 0, 0, 1 << 20);
  private static final String INTERPOLATE = "'missing':'interpolate'";
  private static final String FORWARD_FILL = "'missing':'forward_fill'";
  private static final String DROP_WINDOWS = "'missing':'drop_windows'";

  @TempDir Path root;

  private DatasetSpec.Series spec(String options) {
    String json = "{'name': 's', 'column': 'v'" + (options.isEmpty() ? "" : ",") + options + "}";
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return (DatasetSpec.Series) Messages.readStrictly(bytes, DatasetSpec.class);
  }

  private SeriesTable read(String text, String options) throws IOException {
    Path file = Files.writeString(root.resolve("s.csv"), text);
    return SeriesTable.read(new DataFile.OnDisk(file), LIMITS, spec(options));
  }

  private SeriesDataset open(String text, String options) throws IOException {
    Files.writeString(root.resolve("s.csv"), text);
    var catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
    return (SeriesDataset) catalog.open(spec(options));
  }

  private void refuses(String text, String field, String words) {
    assertThatThrownBy(() -> read(text, ""))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason())
                  .contains(words)
                  .endsWith("; give missing: interpolate, forward_fill or drop_windows");
            });
  }

  /** A file with a row for each number that is kept; its value is ten times the number. */
  private static String rows(int count, IntFunction<Object> date, IntPredicate isKept) {
    return IntStream.range(0, count)
        .filter(isKept)
        .mapToObj(i -> date.apply(i) + "," + 10 * i)
        .collect(Collectors.joining("\n", "d,v\n", "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NA", "n/a", "NaN", "null", "NULL", "?", " "})
  void aMissingValueIsRefusedWithItsLineOrFilled(String cell) throws IOException {
    String text = "v,w\n1,x\n" + cell + ",x\n" + cell + ",x\n7,x\n";
    refuses(text, "dataset.column", "'" + cell.strip() + "' on line 3 of column 'v'");
    assertThat(read(text, INTERPOLATE).values()).containsExactly(1, 3, 5, 7);
    assertThat(read(text, FORWARD_FILL).values()).containsExactly(1, 1, 1, 7);
    assertThat(read(text, DROP_WINDOWS).values()).containsExactly(1, Double.NaN, Double.NaN, 7);
  }

  @Test
  void aBlankLineInAFileWithoutDatesIsAMissingValue() throws IOException {
    refuses("v\n\n1\n2\n\n4\n\n", "dataset.missing", "line 5 is blank");
    assertThat(read("v\n\n1\n2\n\n4\n\n", INTERPOLATE).values()).containsExactly(1, 2, 3, 4);
    refuses("v,w\n1,2\n,\n\n3,4\n,,\n", "dataset.missing", "line 3 is blank");
    assertThat(read("v,w\n1,2\n,\n\n4,4\n", INTERPOLATE).values()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void blankLinesAfterEveryRowAreNotMissingValues() throws IOException {
    assertThat(read("v\n1\n\n2\n\n3\n\n", "").values()).containsExactly(1, 2, 3);
  }

  @Test
  void missingValuesAtTheEndsAreDroppedOrForwardFilled() throws IOException {
    String text = "v\nNA\n1\n2\nNA\n";
    assertThat(read(text, INTERPOLATE).values()).containsExactly(1, 2);
    assertThat(read(text, FORWARD_FILL).values()).containsExactly(1, 2, 2);
    assertThatThrownBy(() -> read("v\nNA\nNA\n", INTERPOLATE))
        .hasMessage("dataset.column: has no values");
  }

  @Test
  void aMissingMonthInARegularSeriesIsRefusedOrFilled() throws IOException {
    IntFunction<Object> month = i -> YearMonth.of(2020, 1).plusMonths(i);
    String text = rows(60, month, i -> i != 20 && i != 21);
    refuses(
        text,
        "dataset.missing",
        "the rows are 1 month apart, but none is between 2021-08 and 2021-11; in total 2 are"
            + " missing");
    SeriesTable table = read(text, INTERPOLATE);
    assertThat(table.values()).hasSize(60).containsSequence(190, 200, 210, 220);
    assertThat(table.dates().texts(19, 23))
        .containsExactly("2021-08", "2021-09", "2021-10", "2021-11");
    assertThat(table.time().gaps()).isEqualTo(2);
    assertThat(read(text, FORWARD_FILL).values()).hasSize(60).containsSequence(190, 190, 190, 220);
  }

  @Test
  void aFilledMonthEndIsTheLastDayOfItsMonth() throws IOException {
    IntFunction<Object> end = i -> YearMonth.of(2020, 1).plusMonths(i).atEndOfMonth();
    SeriesTable table = read(rows(40, end, i -> i != 13), INTERPOLATE);
    assertThat(table.dates().texts(12, 15))
        .containsExactly("2021-01-31", "2021-02-28", "2021-03-31");
    assertThat(table.values()[13]).isEqualTo(130);
  }

  @Test
  void aMissingHourIsFilledInItsPlace() throws IOException {
    IntFunction<Object> hour = i -> LocalDate.of(2020, 2, 28).atStartOfDay().plusHours(i);
    SeriesTable table = read(rows(72, hour, i -> i != 30), INTERPOLATE);
    assertThat(table.dates().texts(30, 31)).containsExactly("2020-02-29T06:00:00");
    assertThat(table.values()[30]).isEqualTo(300);
  }

  @Test
  void holidaysAreNotFilledAndAnIrregularSeriesReportsNoGapCount() throws IOException {
    LocalDate monday = LocalDate.of(2020, 1, 6);
    String workdays = rows(60, monday::plusDays, i -> i % 7 < 5 && i != 14);
    SeriesTable table = read(workdays, "");
    assertThat(table.values()).hasSize(43); // 8 weeks and 4 days, without one Monday.
    assertThat(table.time().step()).isEqualTo("1 working day");
    assertThat(table.time().gaps()).isEqualTo(1);
    assertThat(read(workdays, INTERPOLATE).values()).hasSize(43);
    SeriesTable irregular = read(rows(60, monday::plusDays, i -> i % 7 != 2 && i % 5 != 0), "");
    assertThat(irregular.time().step()).isNull();
    assertThat(irregular.time().gaps()).isNull();
  }

  /**
   * The sixth of ten values is missing. With a window of 2 and a horizon of 1, it is in the samples
   * whose label is the sixth, seventh or eighth value. The eighth value is in the test part.
   */
  @Test
  void windowsThatTouchAMissingValueAreLeftOutAndCounted() throws IOException {
    String text = rows(10, i -> "x", i -> true).replace("x,50", "x,");
    String options = "'window':2,'test_fraction':0.3,";
    SeriesDataset dropped = open(text, options + DROP_WINDOWS);
    DatasetDescription description = dropped.description();
    assertThat(List.of(description.train(), description.test())).containsExactly(3, 2);
    assertThat(description.series().gaps())
        .isEqualTo(new SeriesGaps(Missing.DROP_WINDOWS, 1, 0, 3));
    assertThat(description.series().scale()).isEqualTo(60);
    assertThat(Windows.value(dropped, Part.TRAIN, 2, 2)).isEqualTo(40 / 60f);
    assertThat(Windows.value(dropped, Part.TEST, 0, 0)).isEqualTo(1);
    assertThat(Windows.value(dropped, Part.TEST, 1, 2)).isEqualTo(1.5f);
    DatasetDescription filled = open(text, options + INTERPOLATE).description();
    assertThat(List.of(filled.train(), filled.test())).containsExactly(5, 3);
    assertThat(filled.series().gaps()).isEqualTo(new SeriesGaps(Missing.INTERPOLATE, 1, 0, 3));
  }

  @Test
  void testDatesAreThoseOfTheRemainingWindows() throws IOException {
    IntFunction<Object> month = i -> YearMonth.of(2020, 1).plusMonths(i);
    String text = rows(60, month, i -> i != 56);
    String options = "'window':1,'test_from':'2024-07'," + DROP_WINDOWS;
    DatasetDescription description = open(text, options).description();
    assertThat(description.series().testDates())
        .containsExactly("2024-07", "2024-08", "2024-11", "2024-12");
    assertThat(description.series().gaps())
        .isEqualTo(new SeriesGaps(Missing.DROP_WINDOWS, 0, 1, 2));
  }

  @Test
  void aPartIsRefusedIfEveryWindowTouchesAGap() {
    String text = rows(10, i -> "x", i -> true).replace("x,80", "x,");
    assertThatThrownBy(() -> open(text, "'window':2,'test_fraction':0.2," + DROP_WINDOWS))
        .hasMessage(
            "dataset.test_fraction: leaves no test sample of 1 predicted value in 10 rows without"
                + " a missing value");
  }

  @Test
  void aCompleteSeriesReportsNoGaps() throws IOException {
    SeriesDataset whole = open("v\n1\n2\n3\n4\n", "'window':1," + INTERPOLATE);
    assertThat(whole.description().series().gaps()).isNull();
  }
}
