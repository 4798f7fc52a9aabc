/** A run's checkpoints: its state and its network in a store. */
package io.millrace.trainer.checkpoint;
