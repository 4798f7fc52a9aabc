package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.LayerEntryDeserializer;
import io.millrace.contracts.json.LayerEntrySerializer;
import java.util.List;

/**
 * A layer as a request lists it. In JSON these fields stand among the layer's own.
 *
 * @param inputs names of the layers whose outputs it takes, 1..{@value MergingSpec#MAX_INPUTS} of
 *     them, each before it in the list, or {@code input} for the network's input; null for the
 *     layer before it
 * @param trainable false where training leaves its weights as they are; null, which is true, else
 * @param activityRegularizer the penalty on its output, the mean over the batch; null for none
 */
@JsonSerialize(using = LayerEntrySerializer.class)
@JsonDeserialize(using = LayerEntryDeserializer.class)
public record LayerEntry(
    LayerSpec layer, List<String> inputs, Boolean trainable, Regularizer activityRegularizer) {
  public LayerEntry {
    Check.required("", layer);
    if (inputs != null) {
      inputs = List.copyOf(Check.size("inputs", inputs, 1, MergingSpec.MAX_INPUTS));
    }
    if (layer instanceof MergingSpec && inputs == null) {
      throw new InvalidMessageException(
          "inputs", "is required: " + layer.type() + " joins the outputs of the layers named here");
    }
    trainable = Boolean.FALSE.equals(trainable) ? false : null;
  }

  /** Whether there is nothing but the layer. */
  public boolean isPlain() {
    return inputs == null && trainable == null && activityRegularizer == null;
  }

  /** A layer that takes the output of the one before it, and is trained. */
  public LayerEntry(LayerSpec layer) {
    this(layer, null, null, null);
  }
}
