/**
 * The queue of requests: what to do with each record, and the commands that cancel or delete runs.
 */
package io.millrace.trainer.intake;
