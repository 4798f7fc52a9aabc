/** Losses and metrics of runs over steps, epochs or time: queries, views and HTTP resources. */
package io.millrace.results.curve;
