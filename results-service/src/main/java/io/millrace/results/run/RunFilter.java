package io.millrace.results.run;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;

/**
 * Which runs to list, and in what order; null: any.
 *
 * @param states any of them; empty: all
 * @param part of the run's id
 * @param since when it became known at the earliest
 * @param until before which it became known
 * @param where all of them hold
 * @param sort a metric or the path of a field, which the runs then have; null: by the time at which
 *     they became known
 * @param limit the most runs of a page
 * @param cursor as given out with the page before; null for the first
 * @param counts whether to count the runs in each state too
 * @param columns paths of fields of the requests that are told too
 */
public record RunFilter(
    String experiment,
    String variant,
    List<RunState> states,
    Archived archived,
    String part,
    String tag,
    Instant since,
    Instant until,
    List<Condition> where,
    String sort,
    boolean descending,
    int limit,
    String cursor,
    boolean counts,
    List<String> columns) {}
