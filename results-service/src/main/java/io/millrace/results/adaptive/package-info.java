/**
 * Sweeps with adaptive seeds, and searches: checks the runs that have ended, requests further runs,
 * and ends. Also adds seeds on demand.
 */
package io.millrace.results.adaptive;
