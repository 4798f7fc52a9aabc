/**
 * Data sets: found by name, read from image folders, IDX files and CSV files, and split. It knows
 * files and no Kafka. Whatever is wrong with a request's data set is an {@link
 * io.millrace.contracts.InvalidMessageException} on the request's field.
 */
package io.millrace.augmentation.dataset;
