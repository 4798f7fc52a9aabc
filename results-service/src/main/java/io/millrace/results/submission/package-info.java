/** Requests and cancellations that come over HTTP, and sweeps that come over Kafka. */
package io.millrace.results.submission;
