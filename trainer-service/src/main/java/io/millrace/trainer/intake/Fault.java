package io.millrace.trainer.intake;

import io.millrace.messaging.Troubles;
import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.store.StoreRefusedException;
import io.millrace.trainer.store.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/**
 * An error that comes from Kafka or a store and not from the run.
 *
 * @param kind where the error comes from
 * @param lasts whether retrying does not help until somebody grants a permission or frees disk
 *     space
 * @param what a description for operators
 */
record Fault(Trouble.Kind kind, boolean lasts, String what) {
  private static final int DEEPEST = 20;
  private static final Set<String> DISK =
      Set.of("no space left", "quota exceeded", "read-only file system", "permission denied");

  /** The fault behind an error; empty if neither Kafka nor a store caused it. */
  static Optional<Fault> of(Throwable error) {
    return Stream.iterate(error, e -> e != null, Throwable::getCause)
        .limit(DEEPEST)
        .flatMap(cause -> of(error, cause).stream())
        .reduce((outer, inner) -> inner);
  }

  private static Optional<Fault> of(Throwable error, Throwable cause) {
    if (cause instanceof StoreUnavailableException) {
      return Optional.of(store(error, false));
    }
    if (cause instanceof StoreRefusedException
        || cause instanceof FileSystemException
        || cause instanceof IOException && isOfTheDisk(cause)) {
      return Optional.of(store(error, true));
    }
    if (cause instanceof UncheckedIOException) {
      return Optional.of(store(error, false));
    }
    if (cause instanceof KafkaException) {
      return Optional.of(
          new Fault(
              Trouble.Kind.KAFKA, Troubles.isPermanent(cause), "Kafka: " + error.getMessage()));
    }
    return Optional.empty();
  }

  private static Fault store(Throwable error, boolean lasts) {
    return new Fault(
        Trouble.Kind.STORE,
        lasts,
        error instanceof UncheckedIOException
            ? error.getMessage()
            : "the run's files: " + error.getMessage());
  }

  private static boolean isOfTheDisk(Throwable e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return DISK.stream().anyMatch(message::contains);
  }
}
