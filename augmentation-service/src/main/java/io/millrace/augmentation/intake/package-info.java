/**
 * The task queue: takes tasks, answers them, announces data sets, and reports the service's health.
 */
package io.millrace.augmentation.intake;
