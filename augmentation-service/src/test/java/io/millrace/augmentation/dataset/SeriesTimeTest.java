package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dates of a series and the order of its rows. */
class SeriesTimeTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 0, 0, 1 << 20);

  @TempDir Path root;

  /** Reads the column {@code v}. The options are those of a request, each after a comma. */
  private SeriesTable read(String text, String options) throws IOException {
    Path file = Files.writeString(root.resolve("s.csv"), text);
    String json = "{\"name\": \"s\", \"column\": \"v\"" + options.replace('\'', '"') + "}";
    var spec = Messages.readStrictly(json.getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
    return SeriesTable.read(new DataFile.OnDisk(file), LIMITS, (DatasetSpec.Series) spec);
  }

  private void holds(String text, String options, List<String> dates, double... values)
      throws IOException {
    SeriesTable table = read(text, options);
    assertThat(table.values()).containsExactly(values);
    assertThat(table.dates().texts(0, table.dates().size())).isEqualTo(dates);
  }

  private void refuses(String text, String options, String field, String words) {
    assertThatThrownBy(() -> read(text, options))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  @Test
  void rowsInAnyOrderAreSortedByTime() throws IOException {
    holds(
        "d,v\n3 May 2020,3\n1 May 2020,1\n4 May 2020,4\n2 May 2020,2\n",
        "",
        List.of("2020-05-01", "2020-05-02", "2020-05-03", "2020-05-04"),
        1,
        2,
        3,
        4);
  }

  @Test
  void aDayAboveTwelveShowsWhetherDayOrMonthComesFirst() throws IOException {
    holds("d,v\n1/2/2020,1\n13/2/2020,2\n", "", List.of("2020-02-01", "2020-02-13"), 1, 2);
    holds("d,v\n1-2-2020,1\n2-13-2020,2\n", "", List.of("2020-01-02", "2020-02-13"), 1, 2);
    String unclear = "d,v\n1/2/2020,1\n2/1/2020,2\n";
    refuses(
        unclear,
        "",
        "dataset.date_format",
        "no date in column 'd' shows whether the month or the day");
    refuses(
        unclear, ",'date_column':'d'", "dataset.date_format", "give a pattern such as %m/%d/%Y");
    holds(unclear, ",'date_format':'%m/%d/%Y'", List.of("2020-01-02", "2020-02-01"), 1, 2);
    holds(unclear, ",'date_format':'%d/%m/%Y'", List.of("2020-01-02", "2020-02-01"), 2, 1);
    refuses(
        "d,v\n1/13/2020,1\n13/1/2020,2\n",
        ",'date_column':'d'",
        "dataset.date_column",
        "'13/1/2020' on line 3 is not a date written like those before it");
  }

  @Test
  void twoDigitYearsNeedAFormat() throws IOException {
    String text = "d,v\n31.12.99,1\n01.01.00,2\n";
    assertThat(read(text, "").time().note()).contains("'31.12.99' on line 2; give date_format");
    holds(text, ",'date_format':'%d.%m.%y'", List.of("1999-12-31", "2000-01-01"), 1, 2);
    refuses(
        text,
        ",'date_column':'d','date_format':'%m.%d.%y'",
        "dataset.date_column",
        "'31.12.99' on line 2 is not a date in the format %m.%d.%y");
    refuses(text, ",'date_format':'%Y'", "dataset.date_format", "no column starts with a date");
  }

  @Test
  void epochSecondsAreTimesOnlyIfTheColumnNameOrTheRequestSaysSo() throws IOException {
    holds(
        "timestamp,v\n1604151060,2\n1604151000,1\n",
        "",
        List.of("2020-10-31T13:30:00Z", "2020-10-31T13:31:00Z"),
        1,
        2);
    holds("id,v\n1604151060,2\n1604151000,1\n", "", List.of(), 2, 1);
    holds("time,v\n1,2\n0,1\n", "", List.of(), 2, 1);
    holds(
        "id,v\n1604151060,2\n1604151000,1\n",
        ",'date_column':'id','date_format':'epoch_seconds'",
        List.of("2020-10-31T13:30:00Z", "2020-10-31T13:31:00Z"),
        1,
        2);
    refuses(
        "id,v\n1604151060,2\n",
        ",'date_column':'id'",
        "dataset.date_column",
        "'1604151060' on line 2 is not a date such as 2020-10-01 or 2020-10; give date_format");
  }

  @Test
  void theDayAndTheTimeOfDayCanBeInTwoColumns() throws IOException {
    holds(
        "h,v,d\n1,1,10/31/2020\n24,3,10/31/2020\n13:30,2,10/31/2020\n",
        ",'date_column':['d','h']",
        List.of("2020-10-31T01:00:00", "2020-10-31T13:30:00", "2020-11-01T00:00:00"),
        1,
        2,
        3);
    holds(
        "Date,Time,v\n10/03/2004,18.00.00,1\n10/03/2004,19.00.00,2\n",
        ",'date_column':['Date','Time'],'date_format':'%d/%m/%Y %H.%M.%S'",
        List.of("2004-03-10T18:00:00", "2004-03-10T19:00:00"),
        1,
        2);
    refuses(
        "d,h,v\n2020-10-31,noon,1\n",
        ",'date_column':['d','h']",
        "dataset.date_column",
        "'noon' on line 2 is not a time of day");
    refuses(
        "d,h,v\n2020-10-31,1,1\n2020-10-31,2,1\n",
        "",
        "dataset.date_column",
        "2020-10-31 on line 3 is also the time of line 2;");
  }

  @Test
  void aNullDateColumnKeepsTheOrderOfTheFile() throws IOException {
    holds("d,v\n2020-01-02,2\n2020-01-01,1\n", ",'date_column':null", List.of(), 2, 1);
    assertThat(read("d,v\n2020-01-02,2\n", ",'date_column':null").time().note())
        .isEqualTo("date_column is null: the rows stay in the order of the file");
  }

  @Test
  void seriesKeyPicksOneOfSeveralSeries() throws IOException {
    String text = "d,who,v\n2020-01-02,b,9\n2020-01-02,a,2\n2020-01-01,a,1\n2020-01-01,b,x\n";
    refuses(text, ",'series_key':{'column':'who','value':'b'}", "dataset.column", "'x' on line 5");
    holds(
        text,
        ",'series_key':{'column':'who','value':'a'}",
        List.of("2020-01-01", "2020-01-02"),
        1,
        2);
    refuses(
        text,
        ",'series_key':{'column':'who','value':'c'}",
        "dataset.series_key.value",
        "'c' is not a value of column 'who'; give one of b, a");
    refuses(
        text,
        ",'series_key':{'column':'whose','value':'c'}",
        "dataset.series_key.column",
        "'whose' is not a column of this data set; give one of d, who, v");
  }

  @Test
  void aColumnOfAscendingDaysIsPreferredAsTheDateColumn() throws IOException {
    String text = "at,day,v\n2020-03-01 10:00,2020-01-01,1\n2020-03-01 10:00,2020-01-02,2\n";
    holds(text, "", List.of("2020-01-01", "2020-01-02"), 1, 2);
  }

  @Test
  void aFileWithoutRowsHasNoDates() throws IOException {
    for (String options : List.of("", ",'date_column':'d'", ",'date_format':'%Y'")) {
      assertThat(read("d,v\n", options).time()).isEqualTo(SeriesTime.none("the file has no rows"));
    }
  }

  @Test
  void aTimeZoneInOnlyOneRowIsRefused() {
    refuses(
        "d,v\n2020-01-01T00:00Z,1\n2020-01-01T01:00,2\n",
        ",'date_column':'d'",
        "dataset.date_column",
        "'2020-01-01T01:00' on line 3 is not a date written like those before it");
  }
}
