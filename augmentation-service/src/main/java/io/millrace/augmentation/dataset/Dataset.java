package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.DatasetDescription;

/** A data set for a request: found, split, and ready to give samples to many threads. */
public sealed interface Dataset permits ImageDataset, TableDataset {

  /** The description for the trainer. */
  DatasetDescription description();

  /** The files from which it was read. */
  DatasetContent content();
}
