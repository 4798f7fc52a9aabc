/** Batches: made from a data set as safetensors, and sent to a run's topic. */
package io.millrace.augmentation.stream;
