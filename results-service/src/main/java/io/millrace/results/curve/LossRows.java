package io.millrace.results.curve;

import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.store.LossSeries;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A run's losses in rows, which are made while they are read.
 *
 * @param next the first step that is left out; null if none is
 */
public record LossRows(String run, LossSeries series, Long next)
    implements Table.Tabular, Remainder.Cuttable {

  @Override
  public Remainder remainder() {
    return Remainder.after("from", next);
  }

  @Override
  public Table table() {
    return new Table(
        run + "-losses",
        List.of("step", "epoch", "loss"),
        () -> IntStream.range(0, series.size()).<List<?>>mapToObj(this::row).iterator());
  }

  private List<?> row(int i) {
    double loss = series.losses()[i];
    return Arrays.asList(
        series.steps()[i], series.epochs()[i], Double.isNaN(loss) ? null : (Double) loss);
  }
}
