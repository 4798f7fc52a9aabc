package io.millrace.trainer.events;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What keeps the trainer from working, for the readiness check and as {@code
 * millrace_trainer_trouble}: 1 for each kind that is present, else 0.
 */
public final class Trouble {
  private static final Logger LOG = Logger.getLogger(Trouble.class);

  /** The source of a problem. */
  public enum Kind {
    /** Kafka is unavailable, or refuses an operation. */
    KAFKA,
    /** The store of models or of checkpoints is unavailable or full, or refuses an operation. */
    STORE,
    /** No augmentation service answers. */
    AUGMENTERS
  }

  private final Map<Kind, String> present = new EnumMap<>(Kind.class);

  /** Starts without problems. */
  public Trouble(MeterRegistry registry) {
    for (Kind kind : Kind.values()) {
      Gauge.builder("millrace.trainer.trouble", () -> of(kind).isPresent() ? 1 : 0)
          .description("Whether something keeps the trainer from working")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /** Reports a problem, or that it persists. */
  public void report(Kind kind, String what) {
    String before;
    synchronized (present) {
      before = present.put(kind, what);
    }
    if (before == null) {
      LOG.warn(what);
    }
  }

  /** Clears a problem of this kind. */
  public void over(Kind kind) {
    synchronized (present) {
      present.remove(kind);
    }
  }

  /** The present problems; empty if there are none. */
  public Optional<String> now() {
    synchronized (present) {
      return present.values().stream().findFirst();
    }
  }

  private Optional<String> of(Kind kind) {
    synchronized (present) {
      return Optional.ofNullable(present.get(kind));
    }
  }
}
