package io.millrace.trainer.network;

/** Where networks are to train, as configured. */
public enum Device {
  /** On the GPU if there is one that works, else on the CPU. */
  AUTO,
  /** On the CPU, whatever there is. */
  CPU,
  /** On the GPU, or not at all: without one the service does not start. */
  GPU
}
