package io.millrace.trainer.network;

/** The configured device for training. */
public enum Device {
  /** The GPU if it works, else the CPU. */
  AUTO,
  /** The CPU, even if a GPU exists. */
  CPU,
  /** The GPU; the service does not start without a working one. */
  GPU
}
