package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;

/**
 * A batch's position in its run.
 *
 * @param part the part of the split
 * @param epoch counts from 0; 0 for evaluation parts
 * @param index counts from 0 within the epoch
 */
record BatchKey(Part part, int epoch, int index) {}
