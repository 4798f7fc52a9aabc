/** Kafka for the services: topics and their settings, work queues, and clients. */
package io.millrace.messaging;
