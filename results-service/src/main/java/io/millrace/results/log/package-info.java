/** The log of a run or an experiment: queries, views and HTTP resource. */
package io.millrace.results.log;
