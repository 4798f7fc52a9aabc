package io.millrace.trainer.events;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What keeps the trainer from its work at the moment, for readiness and as {@code
 * millrace_trainer_trouble}: 1 of each kind that there is, else 0.
 */
public final class Trouble {
  private static final Logger LOG = Logger.getLogger(Trouble.class);

  /** Where it lies. */
  public enum Kind {
    /** Kafka is away, or refuses the trainer something. */
    KAFKA,
    /**
     * The model store or that of the checkpoints is away, full, or refuses the trainer something.
     */
    STORE,
    /** No augmenter answers. */
    AUGMENTERS
  }

  private final Map<Kind, String> present = new EnumMap<>(Kind.class);

  /** No trouble yet. */
  public Trouble(MeterRegistry registry) {
    for (Kind kind : Kind.values()) {
      Gauge.builder("millrace.trainer.trouble", () -> of(kind).isPresent() ? 1 : 0)
          .description("Whether something keeps the trainer from its work")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /** There is trouble, or there still is. */
  public void report(Kind kind, String what) {
    String before;
    synchronized (present) {
      before = present.put(kind, what);
    }
    if (before == null) {
      LOG.warn(what);
    }
  }

  /** There is none of this kind, or no longer. */
  public void over(Kind kind) {
    synchronized (present) {
      present.remove(kind);
    }
  }

  /** What keeps the trainer from its work; empty where nothing does. */
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
