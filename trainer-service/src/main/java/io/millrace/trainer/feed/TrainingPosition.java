package io.millrace.trainer.feed;

/**
 * A run's position between two batches.
 *
 * @param epoch counts from 0; the number of epochs after the last one
 * @param batch the epoch's next training batch; their number when validation is next
 */
public record TrainingPosition(int epoch, int batch) {}
