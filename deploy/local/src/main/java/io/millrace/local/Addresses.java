package io.millrace.local;

/**
 * The addresses of a stack.
 *
 * @param broker {@code host:port} of Kafka
 * @param results the results service's URL
 */
record Addresses(String broker, String results) {}
