package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.List;

/** Reads a data set as a series, as rows or as images, depending on the fields that it has. */
public final class DatasetSpecDeserializer extends StdDeserializer<DatasetSpec> {
  private static final long serialVersionUID = 1L;

  /** Fields that make a data set a series. */
  static final List<String> OF_SERIES =
      List.of(
          "column",
          "columns",
          "window",
          "horizon",
          "test_from",
          "date_column",
          "date_format",
          "series_key",
          "label",
          "calendar",
          "stride",
          "season");

  /** Fields that make a data set one of rows, if it has none of a series. */
  static final List<String> OF_ROWS = List.of("target", "features", "target_type");

  /** Fields that make a data set a series whose column is missing, if it has none of the others. */
  static final List<String> OF_TABLES =
      List.of("scaler", "missing", "delimiter", "decimal", "thousands", "header", "categorical");

  DatasetSpecDeserializer() {
    super(DatasetSpec.class);
  }

  @Override
  public DatasetSpec deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    if (!node.isObject()) {
      throw new InvalidMessageException("", "is not an object");
    }
    return context.readTreeAsValue(node, context.constructType(type(node)));
  }

  private static Class<? extends DatasetSpec> type(JsonNode node) {
    if (has(node, OF_SERIES)) {
      return DatasetSpec.Series.class;
    }
    if (has(node, OF_ROWS)) {
      return DatasetSpec.Rows.class;
    }
    return has(node, OF_TABLES) ? DatasetSpec.Series.class : DatasetSpec.Images.class;
  }

  private static boolean has(JsonNode node, List<String> fields) {
    return fields.stream().anyMatch(node::has);
  }
}
