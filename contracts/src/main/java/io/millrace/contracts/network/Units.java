package io.millrace.contracts.network;

import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import java.util.List;

/**
 * In what the values that are predicted stand beside those that a network sees: {@code original =
 * scaled · scale + offset}, for each target. A sample's outputs are step by step, of each step
 * target by target.
 *
 * @param targets the scale of each; at least one
 */
public record Units(List<ColumnScale> targets) {
  /** Of data that are not scaled. */
  public static final Units NONE = new Units(1, 0);

  public Units {
    targets = List.copyOf(targets);
  }

  /** Those of a single target. */
  public Units(double scale, double offset) {
    this(List.of(new ColumnScale(null, scale, offset)));
  }

  /** Those of a data set; {@link #NONE} for classes. */
  public static Units of(DatasetDescription data) {
    return data.predictsClasses() ? NONE : new Units(data.series().targetScales());
  }

  /** The scale of an output; of a batch's, counted over all samples. */
  public double scale(int output) {
    return target(output).scale();
  }

  /** A scaled output as it was. */
  public double original(int output, double scaled) {
    ColumnScale target = target(output);
    return scaled * target.scale() + target.offset();
  }

  private ColumnScale target(int output) {
    return targets.get(targets.size() == 1 ? 0 : output % targets.size());
  }
}
