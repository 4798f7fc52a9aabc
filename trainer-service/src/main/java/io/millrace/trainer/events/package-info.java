/** A run's events and dead letters to Kafka, and the service's own metrics. */
package io.millrace.trainer.events;
