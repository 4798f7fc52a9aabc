/**
 * Admits requests: each one is answered at once, with runs in the trainers' queue or with a reason.
 */
package io.millrace.results.admission;
