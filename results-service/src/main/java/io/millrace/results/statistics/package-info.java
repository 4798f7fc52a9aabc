/**
 * What numbers of a few runs allow to be said: spreads, tests, scores, and the sentences that tell
 * them. Pure: knows no database and no HTTP.
 */
package io.millrace.results.statistics;
