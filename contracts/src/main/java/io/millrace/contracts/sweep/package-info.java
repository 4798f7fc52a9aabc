/** Sweeps and searches: one message that requests many runs. */
package io.millrace.contracts.sweep;
