/** Evaluations and predictions on the test part: queries, views and HTTP resources. */
package io.millrace.results.evaluation;
