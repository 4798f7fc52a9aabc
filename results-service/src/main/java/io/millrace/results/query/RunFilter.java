package io.millrace.results.query;

import io.millrace.results.store.RunState;

/**
 * Which runs to list; null: any.
 *
 * @param limit the most runs of a page
 * @param cursor as given out with the page before; null for the first
 */
public record RunFilter(
    String experiment, String variant, RunState state, int limit, String cursor) {}
