/** Batches in order, requested through a bounded window of tasks. */
package io.millrace.trainer.feed;
