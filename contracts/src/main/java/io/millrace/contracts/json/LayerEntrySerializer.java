package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.millrace.contracts.request.LayerEntry;
import java.io.IOException;

/** Writes a layer's own fields, then {@code inputs} and {@code trainable} if they are set. */
public final class LayerEntrySerializer extends StdSerializer<LayerEntry> {
  private static final long serialVersionUID = 1L;

  LayerEntrySerializer() {
    super(LayerEntry.class);
  }

  @Override
  public void serialize(LayerEntry entry, JsonGenerator generator, SerializerProvider provider)
      throws IOException {
    if (entry.isPlain()) {
      provider
          .findTypedValueSerializer(entry.layer().getClass(), true, null)
          .serialize(entry.layer(), generator, provider);
      return;
    }
    ObjectNode layer = (ObjectNode) Messages.tree(entry.layer());
    if (entry.inputs() != null) {
      entry.inputs().forEach(layer.putArray(LayerEntryDeserializer.INPUTS)::add);
    }
    if (entry.trainable() != null) {
      layer.put(LayerEntryDeserializer.TRAINABLE, entry.trainable());
    }
    if (entry.activityRegularizer() != null) {
      layer.set(LayerEntryDeserializer.ACTIVITY, Messages.tree(entry.activityRegularizer()));
    }
    provider.defaultSerializeValue(layer, generator);
  }
}
