package io.millrace.results.run;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;

/**
 * Which runs to list, and in what order; null means any.
 *
 * @param states the run has one of them; empty means any
 * @param part a part of the run's id
 * @param since the earliest queue time
 * @param until the end of the queue times, not included
 * @param where the conditions, all of which must hold
 * @param sort a metric or the path of a field, which the listed runs then have; null sorts by queue
 *     time
 * @param limit the most runs of a page
 * @param cursor the cursor from the previous page; null for the first page
 * @param counts whether to count the runs in each state as well
 * @param columns paths of fields of the requests whose values are included
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
