package io.millrace.trainer.network;

import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.util.List;
import java.util.Map;

/**
 * A batch as it came over the stream, not yet converted.
 *
 * @param part of the split
 * @param epoch counts from 0
 * @param index counts from 0 within the epoch
 * @param features U8 or F32 {@code [size, height, width, channels]}, F32 {@code [size, window,
 *     features]}, or of rows F32 {@code [size, features]}
 * @param labels I32 {@code [size]}, the class of each sample; F32 {@code [size, classes]}, its
 *     shares of the classes, in all 1, where training samples are mixed; or F32 {@code [size,
 *     values]}; see {@link Labels}
 * @param answers what naive answers say of the labels, as those are, by name; of {@link #ANSWERS}
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
  /** The naive answers that batches of the test part may have. */
  public static final List<String> ANSWERS = List.of("mean", "persistence", "seasonal");

  public Batch {
    answers = Map.copyOf(answers);
  }

  /** A batch without naive answers. */
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

  /** Samples of the batch. */
  public int size() {
    return shape().get(0);
  }

  /** The shape of the features. */
  public List<Integer> shape() {
    return features.spec().shape();
  }
}
