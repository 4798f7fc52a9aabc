/**
 * The front door: every request that users publish is answered here, at once, with runs in the
 * queue of the trainers or with a reason.
 */
package io.millrace.results.desk;
