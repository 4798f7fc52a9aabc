package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.DatasetDescription;

/** A data set as a request wants it: found, split, and ready to give samples to many threads. */
public sealed interface Dataset permits ImageDataset, TableDataset {

  /** What is in it. */
  DatasetDescription description();

  /** The files that it was made from. */
  DatasetContent content();
}
