package io.millrace.trainer.model;

import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.List;

/**
 * A network's layers with their shapes, all of them known to fit.
 *
 * @param inputShape of a sample: {@code [height, width, channels]} or {@code [window, 1]}
 * @param layers from input to output
 */
public record NetworkPlan(List<Integer> inputShape, List<Layer> layers) {

  /**
   * A layer in its place.
   *
   * @param spec as requested
   * @param summary its name, type, output shape without the batch dimension, and parameters
   * @param inputShape without the batch dimension
   */
  public record Layer(LayerSpec spec, LayerSummary summary, List<Integer> inputShape) {}

  /**
   * Infers the shapes.
   *
   * @throws io.millrace.contracts.InvalidMessageException naming the layer, such as {@code
   *     model.layers[3]}, where a shape is impossible, or where the last layer does not fit the
   *     data's labels and the loss
   */
  public static NetworkPlan of(TrainingRequest request, DatasetDescription data) {
    throw new UnsupportedOperationException("in work");
  }

  /** Trainable parameters in all. */
  public long parameters() {
    return layers.stream().mapToLong(layer -> layer.summary().parameters()).sum();
  }
}
