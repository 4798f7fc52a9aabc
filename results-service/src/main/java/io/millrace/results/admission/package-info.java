/**
 * Admission: accepts each training request and queues its runs for the trainers, or rejects it with
 * a reason.
 */
package io.millrace.results.admission;
