package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Regularizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a layer together with its fields {@code inputs}, {@code trainable} and {@code
 * activity_regularizer}.
 */
public final class LayerEntryDeserializer extends StdDeserializer<LayerEntry> {
  static final String INPUTS = "inputs";
  static final String TRAINABLE = "trainable";
  static final String ACTIVITY = "activity_regularizer";

  private static final long serialVersionUID = 1L;

  LayerEntryDeserializer() {
    super(LayerEntry.class);
  }

  @Override
  public LayerEntry deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    List<String> inputs = null;
    Boolean trainable = null;
    Regularizer activity = null;
    JsonNode layer = node;
    if (node instanceof ObjectNode object) {
      inputs = inputs(object.get(INPUTS));
      trainable = trainable(object.get(TRAINABLE));
      activity = activity(object.get(ACTIVITY), context);
      // The caller may own the tree, so it is not changed.
      ObjectNode own = JsonNodeFactory.instance.objectNode().setAll(object);
      layer = own.without(List.of(INPUTS, TRAINABLE, ACTIVITY));
    }
    return new LayerEntry(
        context.readTreeAsValue(layer, LayerSpec.class), inputs, trainable, activity);
  }

  private static List<String> inputs(JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isArray()) {
      throw new InvalidMessageException(
          INPUTS, Check.cut(node.toString()) + " is not a list of layer names");
    }
    var names = new ArrayList<String>();
    for (JsonNode name : node) {
      if (!name.isTextual()) {
        throw new InvalidMessageException(
            INPUTS + "[" + names.size() + "]", Check.cut(name.toString()) + " is not a layer name");
      }
      names.add(name.textValue());
    }
    return names;
  }

  private static Regularizer activity(JsonNode node, DeserializationContext context)
      throws IOException {
    if (node == null || node.isNull()) {
      return null;
    }
    try {
      return context.readTreeAsValue(node, Regularizer.class);
    } catch (JsonMappingException e) {
      e.prependPath(LayerEntry.class, ACTIVITY);
      throw e;
    }
  }

  private static Boolean trainable(JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isBoolean()) {
      throw new InvalidMessageException(
          TRAINABLE, Check.cut(node.toString()) + " is not true or false");
    }
    return node.booleanValue();
  }
}
