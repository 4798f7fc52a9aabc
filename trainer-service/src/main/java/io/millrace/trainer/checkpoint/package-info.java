/** Where a run is on its way, and its snapshots on disk. */
package io.millrace.trainer.checkpoint;
