package io.millrace.augmentation.dataset;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Measures how many rows of a CSV file are read, scaled and split per CPU second, one round for
 * each input line: {@code column} reads one column and the dates, {@code columns} reads three
 * columns, one of them with names, and the calendar, {@code series} reads one column with a series
 * for each name, and {@code rows} reads four columns as rows. The argument is a file that {@code
 * tables.py} has written.
 */
public final class TablesBenchmark {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 0, 0, 1 << 30);
  private static final Map<String, String> SPECS =
      Map.of(
          "column", "'column':'load'",
          "columns",
              "'columns':['load','temperature','wind'],'categorical':['wind'],'target':'load',"
                  + "'calendar':['hour']",
          "series", "'column':'load','series_key':{'column':'wind'}",
          "rows", "'target':'load','features':['temperature','wind','sun']");

  private TablesBenchmark() {}

  /** Runs a round for each input line and prints its result. */
  public static void main(String[] arguments) throws IOException {
    var file = new DataFile.OnDisk(Path.of(arguments[0]));
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String json = ("{'name':'s'," + SPECS.get(line) + "}").replace('\'', '"');
      DatasetSpec spec =
          Messages.readStrictly(json.getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
      long start = thread.getCurrentThreadCpuTime();
      long rows = read(file, spec);
      System.out.println(rows * 1_000_000_000 / (thread.getCurrentThreadCpuTime() - start));
    }
  }

  private static long read(DataFile file, DatasetSpec spec) throws IOException {
    if (spec instanceof DatasetSpec.Rows rows) {
      RowsTable table = RowsTable.read(Map.of(Part.TRAIN, file), LIMITS, rows);
      RowsDataset.of(table, rows, null);
      return table.target().values().length;
    }
    var series = (DatasetSpec.Series) spec;
    SeriesTable table = SeriesTable.read(file, LIMITS, series);
    SeriesDataset.of(table, series, null);
    return table.series().rows();
  }
}
