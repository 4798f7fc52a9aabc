package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IsoTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesTableTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 0, 0, 64 << 20);

  @TempDir Path root;

  private SeriesTable read(String text, String column) throws IOException {
    Path file = Files.writeString(root.resolve("s.csv"), text);
    var spec = new DatasetSpec.Series("s", column, null, 1, 1, null, null, null, null);
    return SeriesTable.read(new DataFile.OnDisk(file), LIMITS, spec);
  }

  private void refuses(String text, String field, String words) {
    assertThatThrownBy(() -> read(text, "value"))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo(field);
              assertThat(e.reason()).contains(words);
            });
  }

  @Test
  void readingOneColumnOfAWideFileAllocatesLittleMemory() throws IOException {
    int rows = 100_000;
    String row = ",text,text,text,text,text,text,text,text,text,text,text,text,text,text";
    var text = new StringBuilder("value,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n");
    for (int i = 0; i < rows; i++) {
      text.append(i).append(row).append('\n');
    }
    Path file = Files.writeString(root.resolve("wide.csv"), text);
    var spec = new DatasetSpec.Series("wide", "value", null, 1, 1, null, null, null, null);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    SeriesTable table = SeriesTable.read(new DataFile.OnDisk(file), LIMITS, spec);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(table.values()).hasSize(rows).endsWith(99_998, 99_999);
    // A row allocates the text of one number and a part of growing arrays, not fifteen cells.
    assertThat(allocated).isLessThan(rows * 300L);
  }

  @Test
  void quotedCellsAreReadAndWrongQuotesAreRefused() throws IOException {
    assertThat(read("value\n\"1\"\n 2 \n\"3\n\"\n", "value").values()).containsExactly(1, 2, 3);
    assertThat(read("\uFEFF\"a \"\"b\"\"\",c\r\n\r\n1,2\r\n3,4", "a \"b\"").values())
        .containsExactly(1, 3);
    assertThat(read("a,\"b\nc\"\n1,2", "b\nc").values()).containsExactly(2);
    refuses("value\n1\n\"2\"3\n", "dataset.name", "line 3: has text after a closing quote");
    refuses("value\n1\n\"2\n\n", "dataset.name", "line 3: opens a quote that is never closed");
  }

  @Test
  void aFileWithoutAHeaderOrWithTooManyColumnsIsRefused() {
    refuses("\n\r\n", "dataset.name", "s.csv has no header with 1 to 10000 columns");
    refuses(",".repeat(10_000) + "value\n", "dataset.name", "s.csv has no header with 1 to 10000");
  }

  @Test
  void oneRowTooManyIsRefusedWithItsLine() {
    refuses(
        "value\n" + "1\n".repeat(DatasetLimits.SAMPLES + 1),
        "dataset.name",
        "line 2000002: is one row too many; give at most 2000000 rows");
  }

  @Test
  void aVeryLongCellIsShortenedInTheError() {
    refuses("value\n" + "1".repeat(1 << 20), "dataset.column", "1111..." + "' on line 2");
  }

  /** Found by fuzzing: a month of a negative year could be read but not written as text. */
  @Test
  void monthsOfNegativeYearsAreReadAndWritten() throws IOException {
    DateColumn dates = read("day,value\n-3020-10,1\n-0001-02,2\n2020-01,3\n", "value").dates();
    assertThat(dates.texts(0, 3)).containsExactly("-3020-10", "-0001-02", "2020-01");
  }

  @Test
  void datesKeepTheirPrecisionAndDuplicatesAreRefused() throws IOException {
    DateColumn dates = read("day,value\n2020-10,1\n2020-10-02,2\n2021-01,3\n", "value").dates();
    assertThat(dates.texts(0, 3)).containsExactly("2020-10", "2020-10-02", "2021-01");
    assertThat(dates.before(IsoTime.find("2020-10-02").orElseThrow())).isEqualTo(1);
    assertThat(dates.before(IsoTime.find("2020-10-02 00:01").orElseThrow())).isEqualTo(2);
    assertThat(dates.before(IsoTime.find("2022-01").orElseThrow())).isEqualTo(3);
    refuses(
        "day,value\n2020-10,1\n2020-10-01,2\n",
        "dataset.date_column",
        "2020-10-01 on line 3 is also the time of line 2; if the file has several series, give"
            + " series_key");
    refuses(
        "day,value\n2020-10,1\nlater,2\n",
        "dataset.date_column",
        "'later' on line 3 is not a date");
  }
}
