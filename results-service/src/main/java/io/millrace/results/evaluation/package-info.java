/** How trained models do on the test samples: queries, views and HTTP resources. */
package io.millrace.results.evaluation;
