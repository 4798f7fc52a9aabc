/** What a trainer asks of the augmenters, and how they answer on the run's batch topic. */
package io.millrace.contracts.task;
