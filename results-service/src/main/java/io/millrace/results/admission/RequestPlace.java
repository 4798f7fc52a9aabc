package io.millrace.results.admission;

import java.time.Instant;

/**
 * Where a request stands on Kafka, by which it is known when it comes again.
 *
 * @param cluster Kafka's id of the cluster
 * @param record {@code topic-partition@offset}
 * @param at the time of the record, by the broker's clock
 */
public record RequestPlace(String cluster, String record, Instant at) {

  /** Both in one. */
  public String id() {
    return cluster + "/" + record;
  }
}
