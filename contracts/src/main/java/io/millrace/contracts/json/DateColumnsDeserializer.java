package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DateColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads one name, a list of two, or null; an absent field stays absent. */
public final class DateColumnsDeserializer extends StdDeserializer<DateColumns> {
  private static final long serialVersionUID = 1L;

  DateColumnsDeserializer() {
    super(DateColumns.class);
  }

  @Override
  public DateColumns deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    if (node.isTextual()) {
      return new DateColumns(List.of(node.textValue()));
    }
    if (!node.isArray() || node.size() != 2) {
      throw new InvalidMessageException(
          "",
          Check.cut(node.toString())
              + " is not a column; give a name, a list of two (day and time of day), or null for"
              + " rows without dates");
    }
    var names = new ArrayList<String>();
    for (JsonNode name : node) {
      if (!name.isTextual()) {
        throw new InvalidMessageException(
            "[" + names.size() + "]", Check.cut(name.toString()) + " is not a column's name");
      }
      names.add(name.textValue());
    }
    return new DateColumns(names);
  }

  @Override
  public DateColumns getNullValue(DeserializationContext context) {
    return DateColumns.NONE;
  }

  @Override
  public Object getAbsentValue(DeserializationContext context) {
    return null;
  }
}
