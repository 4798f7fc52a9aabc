/** Experiments and the comparison of their variants: queries, views and HTTP resources. */
package io.millrace.results.experiment;
