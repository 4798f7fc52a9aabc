/** Kafka records to rows: decoding, folding, and writing with patience. */
package io.millrace.results.ingest;
