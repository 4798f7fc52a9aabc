package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What an augmenter noted of the data that a run is trained on.
 *
 * @param time of a series: what was understood of its dates
 * @param gaps of a series: what was missing; null where nothing was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataNotes(SeriesTime time, SeriesGaps gaps) {}
