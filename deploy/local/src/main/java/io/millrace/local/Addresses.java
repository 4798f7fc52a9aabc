package io.millrace.local;

/**
 * Where a stack is spoken to.
 *
 * @param broker {@code host:port} of Kafka
 * @param results the results service's URL
 */
record Addresses(String broker, String results) {}
