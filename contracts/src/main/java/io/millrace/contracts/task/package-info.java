/** Tasks that trainers send to augmentation services, and the answers on the run's batch topic. */
package io.millrace.contracts.task;
