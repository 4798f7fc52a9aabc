/**
 * Curves as they are shown: smoothed, down-sampled, aligned. Pure: knows no database and no HTTP.
 */
package io.millrace.results.curve;
