/** The catalogue of data sets that augmentation services announce. */
package io.millrace.contracts.dataset;
