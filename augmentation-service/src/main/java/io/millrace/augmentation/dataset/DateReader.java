package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime.Precision;
import io.millrace.contracts.request.SeriesSpelling;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One way to read the dates of a file. All that is said of dates, when a series is read and when it
 * is looked at for the catalogue, is said by these.
 */
sealed interface DateReader {

  /**
   * The time that a cell says, see {@link DateColumn}; {@link DateColumn#NONE} where it says none
   * in this way.
   */
  long read(String cell);

  /** Its name in messages. */
  String format();

  /** Whether it is the same to say a month and a day first, and a value above 12 has to decide. */
  default boolean isAmbiguous() {
    return false;
  }

  /** Of a form that is understood without being told. */
  record Known(DateForm form) implements DateReader {
    @Override
    public long read(String cell) {
      return form.parse(cell);
    }

    @Override
    public String format() {
      return form.json();
    }

    @Override
    public boolean isAmbiguous() {
      return form == DateForm.MONTH_FIRST || form == DateForm.DAY_FIRST;
    }
  }

  /** As a request says. */
  record Told(String format, DatePattern pattern) implements DateReader {
    @Override
    public long read(String cell) {
      return pattern.parse(cell);
    }
  }

  /**
   * Seconds or milliseconds since 1970, with a fraction or none, as a request says.
   *
   * @param power of ten, by which a number is to be multiplied for microseconds
   */
  record Epoch(String format, int power) implements DateReader {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(\\.\\d{1,9})?");

    /** Up to the year 30,000. */
    private static final BigDecimal MOST = BigDecimal.valueOf(884_541_427_200_000_000L);

    @Override
    public long read(String cell) {
      if (!NUMBER.matcher(cell).matches()) {
        return DateColumn.NONE;
      }
      BigDecimal micros = new BigDecimal(cell).scaleByPowerOfTen(power);
      return micros.abs().compareTo(MOST) > 0
          ? DateColumn.NONE
          : DateColumn.code(micros.longValue(), Precision.ZONED);
    }
  }

  /** Those that a column of a name may have where a request does not say. */
  static List<DateReader> of(String column) {
    return DateForm.of(column).stream().<DateReader>map(Known::new).toList();
  }

  /** The one that a request says. */
  static DateReader told(String format) {
    return switch (format) {
      case SeriesSpelling.EPOCH_SECONDS -> new Epoch(format, 6);
      case SeriesSpelling.EPOCH_MILLISECONDS -> new Epoch(format, 3);
      default -> new Told(format, new DatePattern(format));
    };
  }
}
