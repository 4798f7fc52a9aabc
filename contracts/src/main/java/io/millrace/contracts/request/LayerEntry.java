package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Size;
import io.millrace.contracts.json.LayerEntryDeserializer;
import io.millrace.contracts.json.LayerEntrySerializer;
import java.util.List;

/** A layer as a request lists it. In JSON these fields are among the layer's own. */
@JsonSerialize(using = LayerEntrySerializer.class)
@JsonDeserialize(using = LayerEntryDeserializer.class)
public record LayerEntry(
    LayerSpec layer,
    @Describe(
            "Names of the layers whose outputs this layer takes, each before it in the list, or"
                + " input for the network's input. Default: the layer before it. Layers that join several"
                + " outputs must give them; all others take one.")
        @Size(min = 1, max = MergingSpec.MAX_INPUTS)
        List<String> inputs,
    @Describe(
            "Whether training changes the layer's weights. false: they stay as they are, and a"
                + " BatchNormalization uses its running statistics in training too.")
        @Default("true")
        Boolean trainable,
    @Describe(
            "Penalty on the layer's output, averaged over the batch; not allowed on the last layer."
                + " Default: none.")
        Regularizer activityRegularizer) {
  private static final FieldRules RULES = FieldRules.of(LayerEntry.class);

  public LayerEntry {
    Check.required("", layer);
    inputs = RULES.check("inputs", inputs);
    if (layer instanceof MergingSpec && inputs == null) {
      throw new InvalidMessageException(
          "inputs", "is required: " + layer.type() + " joins the outputs of the layers named here");
    }
    trainable = Boolean.FALSE.equals(trainable) ? false : null;
  }

  /** Whether the entry has only the layer. */
  public boolean isPlain() {
    return inputs == null && trainable == null && activityRegularizer == null;
  }

  /** A trained layer that takes the output of the layer before it. */
  public LayerEntry(LayerSpec layer) {
    this(layer, null, null, null);
  }
}
