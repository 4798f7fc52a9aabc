/** Runs as TensorBoard event files. Pure: no database and no HTTP. */
package io.millrace.results.tensorboard;
