package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.DateColumnsDeserializer;
import java.util.List;

/**
 * Where a series has its dates: in a column {@code "day"}, in two {@code ["day", "hour"]}, or, with
 * {@code null}, nowhere: then the rows are in the order of time.
 *
 * @param names one column, or two: the day and the time of day; none of {@code null}
 */
@JsonDeserialize(using = DateColumnsDeserializer.class)
public record DateColumns(List<String> names) {
  /** No dates. */
  public static final DateColumns NONE = new DateColumns(List.of());

  public DateColumns {
    names = List.copyOf(names);
    if (names.size() > 2) {
      throw new InvalidMessageException(
          "", "has " + names.size() + " columns; give one, or two: a day and a time of day");
    }
    for (int i = 0; i < names.size(); i++) {
      Check.text(names.size() == 1 ? "" : "[" + i + "]", names.get(i), ColumnNames.MAX);
    }
    if (names.size() == 2 && names.get(0).equals(names.get(1))) {
      throw new InvalidMessageException("[1]", "is the same column as the first; give another one");
    }
  }

  /** One column; null if the augmentation service finds it. */
  public static DateColumns of(String name) {
    return name == null ? null : new DateColumns(List.of(name));
  }

  /** Whether the request states that the rows have no dates. */
  public boolean isNone() {
    return names.isEmpty();
  }

  @JsonValue
  Object json() {
    return switch (names.size()) {
      case 0 -> null;
      case 1 -> names.get(0);
      default -> names;
    };
  }
}
