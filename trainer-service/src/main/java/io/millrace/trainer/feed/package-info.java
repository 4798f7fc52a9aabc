/** Batches in order, pulled through a bounded window of tasks. */
package io.millrace.trainer.feed;
