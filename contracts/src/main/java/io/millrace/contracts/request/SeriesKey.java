package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Text;

/**
 * Which rows of a file with several series are used: those with this value in a column. Without a
 * value, all rows: those of each value are a series of their own, and no window crosses series.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeriesKey(
    @Describe("The column that identifies the series.") @Text(max = ColumnNames.MAX) @Required
        String column,
    @Describe(
            "The cell that identifies the series to use, as written in the file, without"
                + " surrounding spaces. Default: all series.")
        @Text(max = ColumnNames.MAX)
        String value) {
  private static final FieldRules RULES = FieldRules.of(SeriesKey.class);

  public SeriesKey {
    RULES.check("column", column);
    RULES.check("value", value);
  }

  /** Whether all series of the file are used. */
  @JsonIgnore
  public boolean isOfAll() {
    return value == null;
  }
}
