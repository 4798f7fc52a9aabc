/** The queue of requests: what becomes of a record, and the commands that cancel runs. */
package io.millrace.trainer.intake;
