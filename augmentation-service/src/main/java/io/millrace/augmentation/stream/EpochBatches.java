package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.DatasetContent;

/** The batches of one part in one epoch. Any thread that makes one gets the same bytes. */
public interface EpochBatches {

  /** The files that they are made from. */
  DatasetContent content();

  /** How many there are. */
  int count();

  /** The samples of a batch. */
  int samples(int batch);

  /**
   * A batch as safetensors with the tensors {@code labels} and {@code features}.
   *
   * @param batch {@code 0..count-1}
   * @param reuse an array that nobody needs any more, taken if it is of the right length; or null
   */
  byte[] make(int batch, byte[] reuse);
}
