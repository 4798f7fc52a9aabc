package io.millrace.contracts.network;

import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import java.util.List;

/**
 * The units of a network's outputs: {@code original = scaled · scale + offset} for each target. A
 * sample's outputs are ordered by step, and within a step by target.
 *
 * @param targets the scale of each target; at least one
 */
public record Units(List<ColumnScale> targets) {
  /** The units of data that are not scaled. */
  public static final Units NONE = new Units(1, 0);

  public Units {
    targets = List.copyOf(targets);
  }

  /** The units of a single target. */
  public Units(double scale, double offset) {
    this(List.of(new ColumnScale(null, scale, offset)));
  }

  /** The units of a data set's targets; {@link #NONE} for classes. */
  public static Units of(DatasetDescription data) {
    return data.predictsClasses() ? NONE : new Units(data.series().targetScales());
  }

  /** The scale of an output, given its index within a sample or a batch. */
  public double scale(int output) {
    return target(output).scale();
  }

  /** An output in original units. */
  public double original(int output, double scaled) {
    ColumnScale target = target(output);
    return scaled * target.scale() + target.offset();
  }

  private ColumnScale target(int output) {
    return targets.get(targets.size() == 1 ? 0 : output % targets.size());
  }
}
