package io.millrace.results.ingest;

import io.millrace.results.store.Rows;

/**
 * A request as it was published.
 *
 * @param place of its record, {@code topic-partition@offset}
 */
record SeenRequest(Rows.Queued queued, String place) {}
