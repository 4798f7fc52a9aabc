package io.millrace.trainer.network;

import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import java.util.List;

/**
 * A batch as it came over the stream, not yet converted.
 *
 * @param part of the split
 * @param epoch counts from 0
 * @param index counts from 0 within the epoch
 * @param features U8 or F32 {@code [size, height, width, channels]}, or F32 {@code [size, window,
 *     1]}
 * @param labels I32 {@code [size]}, the class of each sample; F32 {@code [size, classes]}, its
 *     shares of the classes, in all 1, where training samples are mixed; or F32 {@code [size,
 *     horizon]}; see {@link Labels}
 * @param scale a feature's value is {@code raw · scale + offset}
 * @param offset see {@code scale}
 */
public record Batch(
    Part part,
    int epoch,
    int index,
    Safetensors.Tensor features,
    Safetensors.Tensor labels,
    float scale,
    float offset) {

  /** Samples of the batch. */
  public int size() {
    return shape().get(0);
  }

  /** The shape of the features. */
  public List<Integer> shape() {
    return features.spec().shape();
  }
}
