package io.millrace.trainer.feed;

import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A run's batches in the order of use: each epoch's training part and then the validation part, and
 * the test part at the end. A part that is kept appears only once.
 */
final class Itinerary {
  private enum Phase {
    TRAINING,
    VALIDATION,
    TEST,
    DONE
  }

  private final DatasetDescription data;
  private final int batchSize;
  private final int epochs;
  private final Predicate<Part> mayKeep;
  private Phase phase;
  private int epoch;
  private int next;
  private Boolean keeps;
  private boolean validated;

  /**
   * @param from where the run resumes
   * @param mayKeep whether the validation part may be kept; called once, before its first batch
   */
  Itinerary(
      DatasetDescription data,
      int batchSize,
      int epochs,
      TrainingPosition from,
      Predicate<Part> mayKeep) {
    this.data = data;
    this.batchSize = batchSize;
    this.epochs = epochs;
    this.mayKeep = mayKeep;
    epoch = from.epoch();
    next = from.batch();
    phase = epoch < epochs ? Phase.TRAINING : Phase.TEST;
    settle();
  }

  /** The next batches of one part and epoch, at most {@code max}; empty at the end. */
  Optional<Span> peek(int max) {
    if (phase == Phase.DONE) {
      return Optional.empty();
    }
    int count = Math.min(max, batches(part()) - next);
    return Optional.of(new Span(part(), phase == Phase.TRAINING ? epoch : 0, next, count));
  }

  /** Moves past the batches that {@link #peek} has returned. */
  void advance(Span span) {
    next += span.count();
    settle();
  }

  /** Continues with the test part, from its start. */
  void endTraining() {
    phase = Phase.TEST;
    next = 0;
    settle();
  }

  /** Whether the validation part appears only once, so that the reader must keep it. */
  boolean keepsValidation() {
    return Boolean.TRUE.equals(keeps);
  }

  /** The number of batches in a part. */
  int batches(Part part) {
    return BatchSource.batches(data.samples(part), batchSize);
  }

  private Part part() {
    return switch (phase) {
      case TRAINING -> Part.TRAIN;
      case VALIDATION -> data.validationPart();
      case TEST, DONE -> Part.TEST;
    };
  }

  private void settle() {
    while (phase != Phase.DONE && (next >= batches(part()) || isAtHand())) {
      validated |= phase == Phase.VALIDATION;
      phase = following();
      next = 0;
      if (phase == Phase.VALIDATION && keeps == null) {
        keeps = mayKeep.test(part());
      }
    }
  }

  private boolean isAtHand() {
    return phase != Phase.TRAINING
        && validated
        && keepsValidation()
        && part() == data.validationPart();
  }

  private Phase following() {
    return switch (phase) {
      case TRAINING -> Phase.VALIDATION;
      case VALIDATION -> ++epoch < epochs ? Phase.TRAINING : Phase.TEST;
      case TEST, DONE -> Phase.DONE;
    };
  }
}
