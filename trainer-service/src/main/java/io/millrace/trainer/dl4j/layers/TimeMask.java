package io.millrace.trainer.dl4j.layers;

/** Which times of a batch's series are there, as the layer that makes the mask found last. */
public final class TimeMask {
  private boolean[] present = {};
  private int batch;

  /**
   * @param present by time and sample
   * @param batch samples
   */
  void set(boolean[] present, int batch) {
    this.present = present;
    this.batch = batch;
  }

  /** Whether a time of a sample is not masked. */
  boolean isPresent(int time, int sample) {
    return present[time * batch + sample];
  }
}
