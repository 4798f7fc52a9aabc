package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime.Precision;
import io.millrace.contracts.request.SeriesSpelling;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads dates of one format. Both reading a series and examining it for the catalogue use these
 * readers, so that they report the same dates.
 */
sealed interface DateReader {

  /**
   * Parses a cell to a code of {@link DateColumn}; {@link DateColumn#NONE} if it does not have this
   * format.
   */
  long read(String cell);

  /** The name of the format in messages. */
  String format();

  /** Whether the order of month and day is ambiguous unless a value is above 12. */
  default boolean isAmbiguous() {
    return false;
  }

  /** Reads a format that is detected. */
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

  /** Reads the format that a request gives. */
  record Given(String format, DatePattern pattern) implements DateReader {
    @Override
    public long read(String cell) {
      return pattern.parse(cell);
    }
  }

  /**
   * Reads seconds or milliseconds since 1970, with or without a fraction, if a request gives this
   * format.
   *
   * @param power the power of ten that converts a number to microseconds
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

  /** The readers for a column with this name if a request gives no format. */
  static List<DateReader> of(String column) {
    return DateForm.of(column).stream().<DateReader>map(Known::new).toList();
  }

  /** The reader for the format that a request gives. */
  static DateReader ofFormat(String format) {
    return switch (format) {
      case SeriesSpelling.EPOCH_SECONDS -> new Epoch(format, 6);
      case SeriesSpelling.EPOCH_MILLISECONDS -> new Epoch(format, 3);
      default -> new Given(format, new DatePattern(format));
    };
  }
}
