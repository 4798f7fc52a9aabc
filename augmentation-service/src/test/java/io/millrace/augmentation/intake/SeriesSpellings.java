package io.millrace.augmentation.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The same forty days in the formats of different programs. */
final class SeriesSpellings {
  private static final int ROWS = 40;

  private SeriesSpellings() {}

  /** Writes the file {@code NAME.csv}; the values are 1000.25, 1001.25 and so on. */
  static void write(Path root, String name) throws IOException {
    byte[] file =
        switch (name) {
          case "us" -> utf8(us());
          case "german" -> utf8("d;v\n" + rows(SeriesSpellings::german));
          case "names" -> names().getBytes(StandardCharsets.UTF_16);
          case "zoned" -> utf8("d,v\r" + rows(SeriesSpellings::zoned).replace('\n', '\r'));
          case "seconds" -> utf8("time,v\n" + rows(SeriesSpellings::seconds));
          case "shops" -> utf8("d,shop,v\n" + rows(SeriesSpellings::shops));
          case "bare" -> utf8(rows(row -> day(row) + "\t" + value(row)));
          default -> throw new IllegalArgumentException(name);
        };
    Files.write(root.resolve(name + ".csv"), file);
  }

  /** Newest first, quoted, with thousands separators. */
  private static String us() {
    List<String> rows =
        IntStream.range(0, ROWS)
            .mapToObj(
                row ->
                    "\"%s 1:30 PM\",\"%s\""
                        .formatted(written("MM/dd/yyyy", row), value(row).replaceFirst("1", "1,")))
            .collect(Collectors.toList());
    Collections.reverse(rows);
    return "d,v\n" + String.join("\n", rows) + "\n";
  }

  /** With decimal commas and a missing value. */
  private static String german(int row) {
    return written("dd.MM.yyyy", row) + ";" + (row == 9 ? "" : value(row).replace('.', ','));
  }

  /** With tabs and a missing day; the file is written in UTF-16. */
  private static String names() {
    return "d\tv\n"
        + rows(row -> row == 7 ? "" : written("MMMM d, yyyy", row) + "\t" + value(row))
            .replace("\n\n", "\n");
  }

  private static String zoned(int row) {
    return day(row) + "T13:30:00+01:00," + (row == 12 ? "NA" : value(row));
  }

  private static String seconds(int row) {
    return day(row).atStartOfDay().toEpochSecond(ZoneOffset.UTC) + "," + value(row) + "%";
  }

  private static String shops(int row) {
    return day(row) + ",a,0\n" + day(row) + ",b," + value(row);
  }

  private static String rows(IntFunction<String> row) {
    return IntStream.range(0, ROWS).mapToObj(row).collect(Collectors.joining("\n", "", "\n"));
  }

  private static LocalDate day(int row) {
    return LocalDate.of(2024, 1, 5).plusDays(row);
  }

  private static String written(String pattern, int row) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(day(row));
  }

  private static String value(int row) {
    return (1000 + row) + ".25";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
