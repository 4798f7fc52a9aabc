/**
 * The statistics of a few runs: spreads, tests, scores, and the sentences that report them. Pure:
 * no database and no HTTP.
 */
package io.millrace.results.statistics;
