/** Runs as files that TensorBoard reads. Pure: knows no database and no HTTP. */
package io.millrace.results.tensorboard;
