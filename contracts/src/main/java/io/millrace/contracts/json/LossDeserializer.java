package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;
import java.io.IOException;

/** Reads a loss: a name, or an object with a {@code type}. */
public final class LossDeserializer extends StdDeserializer<LossSpec> {
  private static final long serialVersionUID = 1L;

  LossDeserializer() {
    super(LossSpec.class);
  }

  @Override
  public LossSpec deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    if (node.isObject()) {
      LossSpec.Fields fields = context.readTreeAsValue(node, LossSpec.Fields.class);
      return new LossSpec(fields.type(), fields.delta(), fields.labelSmoothing());
    }
    if (!node.isValueNode()) {
      throw new InvalidMessageException("", "is not a string or an object");
    }
    return LossSpec.of(Loss.parse(node.asText()));
  }
}
