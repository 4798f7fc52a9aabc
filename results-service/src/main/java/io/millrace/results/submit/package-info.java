/** What users submit over HTTP, to Kafka; and sweeps from Kafka, into requests. */
package io.millrace.results.submit;
