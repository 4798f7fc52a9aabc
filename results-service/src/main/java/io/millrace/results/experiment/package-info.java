/** Experiments: their variants side by side, queries, views and HTTP resources. */
package io.millrace.results.experiment;
