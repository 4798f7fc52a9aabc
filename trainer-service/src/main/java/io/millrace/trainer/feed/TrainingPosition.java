package io.millrace.trainer.feed;

/**
 * Where a run is between two batches.
 *
 * @param epoch counts from 0; the number of epochs once all are trained
 * @param batch the next training batch of the epoch; their number where validation is due
 */
public record TrainingPosition(int epoch, int batch) {}
