package io.millrace.results.store;

import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Leaves out two gauges of the PostgreSQL client: each connection registers its own under the same
 * name, and only the first connection's values appear.
 */
final class ConnectionGauges {
  private static final Set<String> OF_THE_FIRST_CONNECTION =
      Set.of("postgresql.queue.size", "postgresql.current");

  @Produces
  @Singleton
  static MeterFilter leftOut() {
    return MeterFilter.deny(meter -> OF_THE_FIRST_CONNECTION.contains(meter.getName()));
  }
}
