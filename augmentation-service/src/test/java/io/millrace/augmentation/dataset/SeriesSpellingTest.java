package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of CSV files, and their detection. */
class SeriesSpellingTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 0, 0, 1 << 20);

  @TempDir Path root;

  private SeriesTable read(byte[] file, String column, String options) throws IOException {
    Path path = Files.write(root.resolve("s.csv"), file);
    String json = "{\"name\": \"s\", \"column\": \"" + column + "\"" + options + "}";
    byte[] spec = json.replace('`', '"').getBytes(StandardCharsets.UTF_8);
    return SeriesTable.read(
        new DataFile.OnDisk(path),
        LIMITS,
        (DatasetSpec.Series) Messages.readStrictly(spec, DatasetSpec.class));
  }

  private double[] values(String text, String column, String options) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8), column, options).values();
  }

  private void refuses(String text, String options, String field, String words) {
    assertThatThrownBy(() -> values(text, "v", options))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  private DatasetFacts survey(String text) throws IOException {
    Path path = Files.writeString(root.resolve("s.csv"), text);
    return new SeriesSurvey(new SeriesFile(new DataFile.OnDisk(path), 1 << 20, CsvSpelling.SHOWN))
        .read();
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t"})
  void theDelimiterIsTheOneThatSplitsAllRowsEqually(String delimiter) throws IOException {
    String text = "d,\"a, b; c\td\",v\n2020-01-01,\"x, y; z\tw\",1.5\n2020-01-02,,2\n";
    String other = text.replaceAll(",(?=[\"v\\d,])|(?<=\"),", delimiter);
    assertThat(values(other, "v", "")).containsExactly(1.5, 2);
    assertThat(survey(other).columns()).containsExactly("v");
  }

  @Test
  void aRequestCanSetTheDelimiterAndTheDecimalMark() throws IOException {
    assertThat(values("a|v\n1|2\n3|4\n", "v", ",`delimiter`:`|`")).containsExactly(2, 4);
    assertThat(values("a;v,w\n1;2,3\n", "v,w", ",`delimiter`:`;`,`decimal`:`,`"))
        .containsExactly(2.3);
    refuses("v\n1,5\n2,5\n", "", "dataset.name", "line 2: has 2 cells, but the header has 1");
    assertThat(values("v\n1,5\n2,5\n", "v", ",`decimal`:`,`")).containsExactly(1.5, 2.5);
  }

  /** The expected values are written by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1.5      | 2.25      | 1.5    | 2.25
          1,5      | 2,25      | 1.5    | 2.25
          ,5       | -2,       | 0.5    | -2
          1.234,5  | 1.234     | 1234.5 | 1234
          1.234    | 5,5       | 1234   | 5.5
          1,234.5  | 1,234     | 1234.5 | 1234
          1,234    | 5.5       | 1234   | 5.5
          1,234    | 1,234,567 | 1234   | 1234567
          1 234,5  | 12 345    | 1234.5 | 12345
          1 234.5  | 12\u00A0345 | 1234.5 | 12345
          1 234    | 12 345    | 1234   | 12345
          1'234.5  | 12'345    | 1234.5 | 12345
          12.5%    | -3 %      | 12.5   | -3
          12,5 %   | 3%        | 12.5   | 3
          1.234    | 5.678     | 1.234  | 5.678
          -1e3     | +2.5E-1   | -1000  | 0.25
          """)
  void numberFormatsAreDetectedFromTheWholeColumn(
      String first, String second, double one, double other) throws IOException {
    assertThat(values("d;v\nx;" + first + "\ny;" + second + "\n", "v", ""))
        .containsExactly(one, other);
  }

  @Test
  void anAmbiguousCommaIsRefusedUnlessTheRequestResolvesIt() throws IOException {
    String text = "d;v\nx;1,234\ny;5,678\n";
    refuses(text, "", "dataset.decimal", "may have decimal commas or commas between thousands");
    assertThat(values(text, "v", ",`decimal`:`,`")).containsExactly(1.234, 5.678);
    assertThat(values(text, "v", ",`decimal`:`.`")).containsExactly(1234, 5678);
    assertThat(values(text, "v", ",`thousands`:`,`")).containsExactly(1234, 5678);
    String points = "d;v\nx;1.234\ny;5.678\n";
    assertThat(values(points, "v", ",`thousands`:`.`")).containsExactly(1234, 5678);
    assertThat(survey(text).columns()).containsExactly("v");
  }

  @Test
  void aCellInAnotherNumberFormatIsRefusedWithItsLine() {
    refuses(
        "d;v\nx;1.234,5\ny;1,234.5\n",
        "",
        "dataset.column",
        "'1,234.5' on line 3 of column 'v' is not written like the numbers before it; give"
            + " decimal and thousands");
    refuses(
        "v\n1\n12,34,5\n",
        ",`delimiter`:`;`",
        "dataset.column",
        "'12,34,5' on line 3 of column 'v' is not a number");
    refuses("v\n1\n1,5\n", ",`delimiter`:`;`,`decimal`:`.`", "dataset.column", "'1,5' on line 3");
    refuses("v\n1%\n2\n", "", "dataset.column", "'2' on line 3 of column 'v' has no percent sign");
    refuses("v\n1\n2%\n", "", "dataset.column", "'2%' on line 3 of column 'v' has a percent sign");
  }

  @Test
  void theErrorForTooFewCellsSuggestsSettingTheDelimiter() {
    refuses(
        "d,v\n1|2\n",
        "",
        "dataset.name",
        "line 2: has 1 cell, but the header has 2; give delimiter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void aByteOrderMarkDeterminesTheEncoding(String charset) throws IOException {
    byte[] file = "\uFEFFgr\u00F6\u00DFe,v\n1,2\n3,4\n".getBytes(Charset.forName(charset));
    assertThat(read(file, "gr\u00F6\u00DFe", "").values()).containsExactly(1, 3);
    assertThat(read(file, "v", "").values()).containsExactly(2, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void lineEndingsOfAnySystemAreRead(String end) throws IOException {
    String text = "\"d\",v\n2020-01-01,1\n2020-01-02,2".replace("\n", end);
    assertThat(values(text, "v", "")).containsExactly(1, 2);
    assertThat(values(text + end, "v", "")).containsExactly(1, 2);
    refuses(text + end + "2020-01-03,x" + end, "", "dataset.column", "'x' on line 4");
  }

  @Test
  void aFileWithoutAHeaderHasNumberedColumns() throws IOException {
    String text = "2020-01-02,2.5\n2020-01-01,1.5\n";
    SeriesTable table = read(text.getBytes(StandardCharsets.UTF_8), "1", "");
    assertThat(table.values()).containsExactly(1.5, 2.5);
    assertThat(table.time().columns()).containsExactly("0");
    assertThat(values("2.5\n1.5\n", "0", "")).containsExactly(2.5, 1.5);
    assertThat(survey(text).columns()).containsExactly("1");
    assertThat(survey(text).samples()).isEqualTo(2);
    refuses(
        text,
        "",
        "dataset.column",
        "give one of 0, 1 (the file was read without a header; if it has one, give header: true)");
  }

  @Test
  void wholeNumbersInTheFirstRowCanBeColumnNames() throws IOException {
    String text = "2019,2020\n1,2\n3,4\n";
    assertThat(values(text, "2020", "")).containsExactly(2, 4);
    assertThat(values(text, "1", ",`header`:false")).containsExactly(2020, 2, 4);
    assertThat(survey(text).columns()).isEqualTo(List.of("2019", "2020"));
    assertThat(values("7.5,2020\n1,2\n3,4\n", "2020", "")).containsExactly(2, 4);
    assertThat(values("7.5,8\n1,2\n3,4\n", "8", ",`header`:true")).containsExactly(2, 4);
  }

  @Test
  void anExportOfSharePricesIsRead() throws IOException {
    String text =
        "\uFEFF\"Date\",\"Price\",\"Vol.\",\"Change %\"\n"
            + "\"Nov 02, 2020\",\"3,310.24\",\"1.2M\",\"1.23%\"\n"
            + "\"Oct 30, 2020\",\"3,269.96\",\"1.1M\",\"-1.21%\"\n"
            + "\"Oct 29, 2020\",\"3,310.11\",\"1.3M\",\"1.19%\"\n";
    SeriesTable price = read(text.getBytes(StandardCharsets.UTF_8), "Price", "");
    assertThat(price.values()).containsExactly(3310.11, 3269.96, 3310.24);
    assertThat(price.time().format()).isEqualTo("month_name");
    assertThat(price.time().step()).isEqualTo("1 working day");
    assertThat(values(text, "Change %", "")).containsExactly(1.19, -1.21, 1.23);
    assertThat(survey(text).columns()).containsExactly("Price", "Change %");
  }

  /** Like the air quality data of the UCI repository: empty columns and rows at the end. */
  @Test
  void hourlyMeasurementsWithDecimalCommasAreRead() throws IOException {
    String text =
        "Date;Time;CO(GT);RH;;\r\n10/03/2004;18.00.00;2,6;48,9;;\r\n"
            + "10/03/2004;19.00.00;2;47,7;;\r\n13/03/2004;00.00.00;;54,0;;\r\n;;;;;\r\n;;;;;\r\n";
    String dates = ",`date_column`:[`Date`,`Time`]";
    SeriesTable humidity = read(text.getBytes(StandardCharsets.UTF_8), "RH", dates);
    assertThat(humidity.values()).containsExactly(48.9, 47.7, 54);
    assertThat(humidity.dates().texts(0, 3))
        .containsExactly("2004-03-10T18:00:00", "2004-03-10T19:00:00", "2004-03-13T00:00:00");
    assertThat(values(text, "CO(GT)", dates + ",`missing`:`forward_fill`"))
        .containsExactly(2.6, 2, 2);
    assertThat(survey(text).columns()).containsExactly("CO(GT)", "RH");
  }

  /** Like the load diagrams of the UCI repository: the time column has no name. */
  @Test
  void aTimeColumnNeedsNoName() throws IOException {
    String text =
        "\"\";\"MT_001\"\n\"2011-01-01 00:15:00\";2,538\n\"2011-01-01 00:30:00\";12,69\n"
            + "\"2011-01-01 00:45:00\";0\n";
    SeriesTable load = read(text.getBytes(StandardCharsets.UTF_8), "MT_001", "");
    assertThat(load.values()).containsExactly(2.538, 12.69, 0);
    assertThat(load.time().step()).isEqualTo("15 minutes");
  }
}
