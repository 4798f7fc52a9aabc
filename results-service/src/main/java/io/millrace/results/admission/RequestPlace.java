package io.millrace.results.admission;

import java.time.Instant;

/**
 * Where a request is on Kafka. It identifies a request that is delivered again.
 *
 * @param cluster the Kafka cluster id
 * @param record {@code topic-partition@offset}
 * @param at the time of the record, by the broker's clock
 */
public record RequestPlace(String cluster, String record, Instant at) {

  /** The cluster and the record, as one string. */
  public String id() {
    return cluster + "/" + record;
  }
}
