package io.millrace.trainer.dl4j.layers;

/**
 * The time steps of a batch's series that are not masked, as the layer that produces the mask found
 * them last.
 */
public final class TimeMask {
  private boolean[] present = {};
  private int batch;

  /**
   * @param present by time step and sample
   * @param batch number of samples
   */
  void set(boolean[] present, int batch) {
    this.present = present;
    this.batch = batch;
  }

  /** Whether a time step of a sample is not masked. */
  boolean isPresent(int time, int sample) {
    return present[time * batch + sample];
  }
}
