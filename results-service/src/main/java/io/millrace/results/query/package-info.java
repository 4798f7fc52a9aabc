/** What is asked of the store: runs, histories, comparisons. */
package io.millrace.results.query;
