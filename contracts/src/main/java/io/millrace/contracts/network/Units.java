package io.millrace.contracts.network;

import io.millrace.contracts.task.DatasetDescription;

/**
 * In what the values of a series stand beside those that a network sees: {@code original = scaled ·
 * scale + offset}.
 */
public record Units(double scale, double offset) {
  /** Of data that are not scaled. */
  public static final Units NONE = new Units(1, 0);

  /** Those of a data set; {@link #NONE} for images. */
  public static Units of(DatasetDescription data) {
    return data.series() == null ? NONE : new Units(data.series().scale(), data.series().offset());
  }

  /** A scaled value as it was. */
  public double original(double scaled) {
    return scaled * scale + offset;
  }
}
