/** The catalogue of data sets: what augmenters say they can serve. */
package io.millrace.contracts.dataset;
