/** Calculations for curves: downsampling, smoothing, bands. Pure: no database and no HTTP. */
package io.millrace.results.sampling;
