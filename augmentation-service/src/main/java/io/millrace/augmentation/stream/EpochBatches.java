package io.millrace.augmentation.stream;

import io.millrace.augmentation.dataset.DatasetContent;

/** The batches of one part in one epoch. Every thread that makes a batch gets the same bytes. */
public interface EpochBatches {

  /** The files from which the batches are made. */
  DatasetContent content();

  /** The number of batches. */
  int count();

  /** The number of samples of a batch. */
  int samples(int batch);

  /**
   * Makes a batch as safetensors with the tensors {@code labels} and {@code features}.
   *
   * @param batch {@code 0..count-1}
   * @param reuse an array that is no longer needed, used if it has the right length; or null
   */
  byte[] make(int batch, byte[] reuse);
}
