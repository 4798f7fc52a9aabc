package io.millrace.trainer.intake;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether an error is for want of memory. Java says so with a type of its own; native code, ND4J's
 * and CUDA's, with whatever its allocator has to say.
 */
final class MemoryShortage {
  /** What a user is told. */
  static final String REASON =
      "the trainer's memory did not suffice; try a smaller batch_size or a smaller model";

  private static final int DEEPEST = 20;
  private static final Set<String> WORDS =
      Set.of("bad_alloc", "out of memory", "cannot allocate", "allocation failed", "alloc failed");

  private MemoryShortage() {}

  /** Whether the error, or one that it comes from, is for want of memory. */
  static boolean isBehind(Throwable error) {
    return Stream.iterate(error, e -> e != null, Throwable::getCause)
        .limit(DEEPEST)
        .anyMatch(MemoryShortage::saysSo);
  }

  private static boolean saysSo(Throwable error) {
    String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return error instanceof OutOfMemoryError || WORDS.stream().anyMatch(message::contains);
  }
}
