package io.millrace.trainer.intake;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Recognizes errors caused by a lack of memory. Java has a type for them; native code (ND4J, CUDA)
 * has only its allocators' messages.
 */
final class MemoryShortage {
  /** The message for the user. */
  static final String REASON =
      "the trainer ran out of memory; try a smaller batch_size or a smaller model";

  private static final int DEEPEST = 20;
  private static final Set<String> WORDS =
      Set.of("bad_alloc", "out of memory", "cannot allocate", "allocation failed", "alloc failed");

  private MemoryShortage() {}

  /** Whether the error, or one of its causes, is a lack of memory. */
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
