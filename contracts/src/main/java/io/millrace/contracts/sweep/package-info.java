/** One message for many runs: a request with lists in place of values, and what becomes of it. */
package io.millrace.contracts.sweep;
