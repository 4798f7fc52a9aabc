package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.LearningRate;
import io.millrace.contracts.request.LearningRateSchedule;
import java.io.IOException;

/** Reads a learning rate: a number, or a schedule as an object with a {@code type}. */
public final class LearningRateDeserializer extends StdDeserializer<LearningRate> {
  private static final long serialVersionUID = 1L;

  LearningRateDeserializer() {
    super(LearningRate.class);
  }

  @Override
  public LearningRate deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode node = context.readTree(parser);
    if (node.isNumber()) {
      return LearningRate.of(node.doubleValue());
    }
    if (node.isObject()) {
      return new LearningRate(null, context.readTreeAsValue(node, LearningRateSchedule.class));
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString())
            + " is not a learning rate; give a number or a schedule such as {\"type\":"
            + " \"CosineDecay\", ...}");
  }
}
