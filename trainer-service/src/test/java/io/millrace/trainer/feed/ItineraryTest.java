package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ItineraryTest {

  /** A run, or the rest of one. */
  record Trip(
      int train,
      int validation,
      int test,
      int batchSize,
      int epochs,
      TrainingPosition from,
      boolean mayKeep) {

    DatasetDescription data() {
      return new DatasetDescription(
          null, List.of(4, 4, 1), train, validation, test, List.of("a", "b"), null, null, 0);
    }

    int batches(Part part) {
      return (data().samples(part) + batchSize - 1) / batchSize;
    }

    Itinerary begin() {
      return new Itinerary(data(), batchSize, epochs, from, part -> mayKeep);
    }

    /** Returns every batch in order, computed without {@link Itinerary}. */
    List<BatchKey> expected() {
      var keys = new ArrayList<BatchKey>();
      boolean kept = false;
      for (int epoch = from.epoch(); epoch < epochs; epoch++) {
        for (int i = epoch == from.epoch() ? from.batch() : 0; i < batches(Part.TRAIN); i++) {
          keys.add(new BatchKey(Part.TRAIN, epoch, i));
        }
        if (!kept) {
          addAll(keys, data().validationPart());
        }
        kept = mayKeep;
      }
      if (!kept || data().validationPart() != Part.TEST) {
        addAll(keys, Part.TEST);
      }
      return keys;
    }

    private void addAll(List<BatchKey> keys, Part part) {
      for (int i = 0; i < batches(part); i++) {
        keys.add(new BatchKey(part, 0, i));
      }
    }
  }

  @Provide
  Arbitrary<Trip> trips() {
    Arbitrary<Integer> samples = Arbitraries.integers().between(1, 60);
    return Combinators.combine(
            samples,
            Arbitraries.integers().between(0, 40),
            samples,
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(1, 5),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 60),
            Arbitraries.of(true, false))
        .as(
            (train, validation, test, size, epochs, epoch, batch, mayKeep) -> {
              int steps = (train + size - 1) / size;
              TrainingPosition from =
                  epoch >= epochs
                      ? new TrainingPosition(epochs, 0)
                      : new TrainingPosition(epoch, batch % (steps + 1));
              return new Trip(train, validation, test, size, epochs, from, mayKeep);
            });
  }

  @Property
  void everyRequiredBatchIsListedOnceAndInOrder(
      @ForAll("trips") Trip trip,
      @ForAll @Size(min = 1, max = 7) List<@IntRange(min = 1, max = 9) Integer> tasks) {
    Itinerary itinerary = trip.begin();

    assertThat(walk(itinerary, tasks)).isEqualTo(trip.expected());
    assertThat(itinerary.peek(1)).isEmpty();
  }

  @Property
  void aSpanStaysInOnePartAndEpochAndWithinTheRequestedLength(
      @ForAll("trips") Trip trip, @ForAll @IntRange(min = 1, max = 9) int most) {
    Itinerary itinerary = trip.begin();
    for (var next = itinerary.peek(most); next.isPresent(); next = itinerary.peek(most)) {
      Span span = next.get();
      assertThat(span.count()).isBetween(1, most);
      assertThat(span.first() + span.count()).isLessThanOrEqualTo(trip.batches(span.part()));
      assertThat(itinerary.peek(most)).as("peek changes nothing").isEqualTo(next);
      itinerary.advance(span);
    }
  }

  @Property
  void aRunThatStopsEarlyNeedsAtMostTheTestPart(
      @ForAll("trips") Trip trip, @ForAll @IntRange(max = 40) int spans) {
    Itinerary itinerary = trip.begin();
    var before = new ArrayList<BatchKey>();
    for (int i = 0; i < spans && itinerary.peek(1).isPresent(); i++) {
      Span span = itinerary.peek(1).get();
      before.add(span.key(0));
      itinerary.advance(span);
    }

    itinerary.endTraining();

    List<BatchKey> rest = walk(itinerary, List.of(3));
    boolean isKept =
        trip.mayKeep
            && trip.validation == 0
            && before.stream().filter(key -> key.part() == Part.TEST).count()
                >= trip.batches(Part.TEST)
            && trip.from.epoch() < trip.epochs;
    if (isKept) {
      assertThat(rest).isEmpty();
    } else {
      assertThat(rest).hasSize(trip.batches(Part.TEST)).allMatch(key -> key.part() == Part.TEST);
    }
  }

  @Property
  void theItineraryAsksAtMostOnceWhetherToKeepTheValidationPart(@ForAll("trips") Trip trip) {
    var asked = new AtomicInteger();
    var itinerary =
        new Itinerary(
            trip.data(),
            trip.batchSize,
            trip.epochs,
            trip.from,
            part -> {
              assertThat(part).isEqualTo(trip.data().validationPart());
              asked.incrementAndGet();
              return trip.mayKeep;
            });
    walk(itinerary, List.of(2));

    assertThat(asked).hasValue(trip.from.epoch() < trip.epochs ? 1 : 0);
    assertThat(itinerary.keepsValidation()).isEqualTo(trip.mayKeep && asked.get() == 1);
  }

  private static List<BatchKey> walk(Itinerary itinerary, List<Integer> tasks) {
    var keys = new ArrayList<BatchKey>();
    for (int i = 0; ; i++) {
      Optional<Span> span = itinerary.peek(tasks.get(i % tasks.size()));
      if (span.isEmpty()) {
        return keys;
      }
      for (int k = 0; k < span.get().count(); k++) {
        keys.add(span.get().key(k));
      }
      itinerary.advance(span.get());
    }
  }
}
