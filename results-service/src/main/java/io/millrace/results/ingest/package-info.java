/** Turns Kafka records into rows: decodes them, folds them, and writes them with retries. */
package io.millrace.results.ingest;
