package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Metric;
import java.io.IOException;

/** Reads a metric: a name, or an object with a {@code type}. */
public final class MetricDeserializer extends StdDeserializer<Metric> {
  private static final long serialVersionUID = 1L;

  MetricDeserializer() {
    super(Metric.class);
  }

  @Override
  public Metric deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    JsonNode node = context.readTree(parser);
    if (node.isObject()) {
      Metric.Fields fields = context.readTreeAsValue(node, Metric.Fields.class);
      return new Metric(fields.type(), fields.k());
    }
    if (!node.isValueNode()) {
      throw new InvalidMessageException("", "is not a string or an object");
    }
    return Metric.parse(node.asText());
  }
}
