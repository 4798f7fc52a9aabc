package io.millrace.trainer.network;

import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.util.List;
import java.util.Map;

/**
 * A batch as received, not yet converted.
 *
 * @param part the part of the split
 * @param epoch counts from 0
 * @param index counts from 0 within the epoch
 * @param features U8 or F32 {@code [size, height, width, channels]}, F32 {@code [size, window,
 *     features]}, or F32 {@code [size, features]} for rows
 * @param labels I32 {@code [size]}, each sample's class; F32 {@code [size, classes]}, each sample's
 *     shares of the classes, which sum to 1, if training samples are mixed; or F32 {@code [size,
 *     values]}; see {@link Labels}
 * @param answers the baselines' predictions, in the shape of the labels, by name; names are from
 *     {@link #ANSWERS}
 * @param scale a feature's value is {@code raw · scale + offset}
 * @param offset see {@code scale}
 */
public record Batch(
    Part part,
    int epoch,
    int index,
    Safetensors.Tensor features,
    Safetensors.Tensor labels,
    Map<String, Safetensors.Tensor> answers,
    float scale,
    float offset) {
  /** The baselines whose predictions batches of the test part may hold. */
  public static final List<String> ANSWERS = List.of("mean", "persistence", "seasonal");

  public Batch {
    answers = Map.copyOf(answers);
  }

  /** A batch without baselines. */
  public Batch(
      Part part,
      int epoch,
      int index,
      Safetensors.Tensor features,
      Safetensors.Tensor labels,
      float scale,
      float offset) {
    this(part, epoch, index, features, labels, Map.of(), scale, offset);
  }

  /** The number of samples. */
  public int size() {
    return shape().get(0);
  }

  /** The shape of the features. */
  public List<Integer> shape() {
    return features.spec().shape();
  }
}
