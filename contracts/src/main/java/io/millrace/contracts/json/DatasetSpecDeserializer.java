package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.List;

/** Tells a series from images by the fields that only a series has. */
public final class DatasetSpecDeserializer extends StdDeserializer<DatasetSpec> {
  private static final long serialVersionUID = 1L;

  /** An object with any of these is a series. */
  static final List<String> OF_SERIES =
      List.of(
          "column",
          "window",
          "horizon",
          "scaler",
          "test_from",
          "date_column",
          "date_format",
          "series_key",
          "missing",
          "delimiter",
          "decimal",
          "thousands",
          "header");

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
    JavaType type =
        context.constructType(
            OF_SERIES.stream().anyMatch(node::has)
                ? DatasetSpec.Series.class
                : DatasetSpec.Images.class);
    return context.readTreeAsValue(node, type);
  }
}
