/** Makes batches of a data set as safetensors and sends them to a run's topic. */
package io.millrace.augmentation.stream;
