package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.OptimizerSpec;
import java.io.IOException;

/**
 * Reads an optimizer: a name, such as {@code "adam"}, which gets Keras' defaults, or an object with
 * a {@code type}. As in Keras, case does not matter in a name.
 */
public final class OptimizerDeserializer extends StdDeserializer<OptimizerSpec> {
  private static final long serialVersionUID = 1L;

  OptimizerDeserializer() {
    super(OptimizerSpec.class);
  }

  /** Ignores the type deserializer: an object has its own {@code type}. */
  @Override
  public Object deserializeWithType(
      JsonParser parser, DeserializationContext context, TypeDeserializer type) throws IOException {
    return deserialize(parser, context);
  }

  @Override
  public OptimizerSpec deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    if (node.isTextual()) {
      node =
          JsonNodeFactory.instance
              .objectNode()
              .put("type", OptimizerSpec.typeNamed(node.textValue()));
    } else if (!node.isObject()) {
      throw new InvalidMessageException(
          "",
          Check.cut(node.toString())
              + " is not an optimizer; give a name such as \"adam\", or an object with a type");
    }
    return context.readTreeAsValue(node, OptimizerSpec.class);
  }
}
