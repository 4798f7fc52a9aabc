/**
 * Finds data sets by name, reads them from image folders, IDX files, CSV files and other formats,
 * and splits them. The package knows files but not Kafka. Every problem with a request's data set
 * is an {@link io.millrace.contracts.InvalidMessageException} for the request's field.
 */
package io.millrace.augmentation.dataset;
