/**
 * Calculations for curves: down-sampling, smoothing, bands. Pure: knows no database and no HTTP.
 */
package io.millrace.results.sampling;
