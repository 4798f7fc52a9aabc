/** Accepts requests and cancellations over HTTP, and cancellations of queued runs over Kafka. */
package io.millrace.results.submission;
