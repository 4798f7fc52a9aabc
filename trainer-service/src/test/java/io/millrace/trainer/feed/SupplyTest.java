package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.trainer.SyntheticData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SupplyTest {
  private static final TrainingRequest REQUEST =
      Messages.readRequest(
          """
          {"run":"r","dataset":{"name":"stripes"},"epochs":2,"batch_size":8,
           "model":{"layers":[{"type":"Dense","units":3,"activation":"softmax"}]},
           "loss":"categorical_crossentropy"}"""
              .getBytes(StandardCharsets.UTF_8));
  private static final BatchSource SOURCE = BatchSource.of(REQUEST);
  private static final DatasetDescription DATA = SyntheticData.describe(REQUEST.dataset());

  private static Supply supply(int window, int task) {
    return new Supply(
        new FeedLimits(window, 1 << 26, task, 0, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        SOURCE,
        DATA,
        2,
        new TrainingPosition(0, 0));
  }

  private static byte[] bytes(BatchKey key) {
    var task = new BatchTask.Produce(null, SOURCE, key.part(), key.epoch(), key.index(), 1, 0);
    return SyntheticData.batch(task, key.index());
  }

  private static List<BatchKey> asked(Supply supply) {
    var keys = new ArrayList<BatchKey>();
    for (var span = supply.next(); span.isPresent(); span = supply.next()) {
      for (int i = 0; i < span.get().count(); i++) {
        keys.add(span.get().key(i));
      }
    }
    return keys;
  }

  @Property(tries = 60)
  void duplicatedAndUnorderedBatchesAreDeliveredOnceAndInOrder(
      @ForAll @IntRange(min = 1, max = 12) int window,
      @ForAll @IntRange(min = 1, max = 6) int task,
      @ForAll long seed) {
    Supply supply = supply(window, task);
    var random = new Random(seed);
    var order = new ArrayDeque<BatchKey>();
    var waiting = new ArrayList<BatchKey>();
    int taken = 0;
    for (List<BatchKey> more = asked(supply);
        !order.isEmpty() || !more.isEmpty();
        more = asked(supply)) {
      order.addAll(more);
      waiting.addAll(more);
      Collections.shuffle(waiting, random);
      assertThat(supply.inFlight()).isBetween(1, window);
      while (supply.take(order.peek()) == null) {
        assertThat(supply.wants(order.peek())).isTrue();
        BatchKey arrived = waiting.remove(0);
        supply.put(arrived, bytes(arrived));
        supply.put(arrived, bytes(arrived));
      }
      order.remove();
      taken++;
      supply.toDelete().ifPresent(supply::deletedUpTo);
    }

    // Two epochs of 13 training and 5 validation batches, and the 5 batches of the test part.
    assertThat(taken).isEqualTo(2 * (13 + 5) + 5);
    assertThat(supply.next()).isEmpty();
  }

  @Test
  void theMissingSpanStartsAtTheGivenBatchAndEndsBeforeAnArrivedOne() {
    Supply supply = supply(12, 6);
    asked(supply);
    supply.put(new BatchKey(Part.TRAIN, 0, 3), bytes(new BatchKey(Part.TRAIN, 0, 3)));

    assertThat(supply.missingFrom(new BatchKey(Part.TRAIN, 0, 1)))
        .isEqualTo(new Span(Part.TRAIN, 0, 1, 2));
    assertThat(supply.wants(new BatchKey(Part.TRAIN, 0, 3))).isFalse();
  }

  @Test
  void aBatchThatWasNotRequestedIsDropped() {
    Supply supply = supply(2, 1);
    asked(supply);

    supply.put(new BatchKey(Part.TRAIN, 1, 5), new byte[] {1});

    assertThat(supply.take(new BatchKey(Part.TRAIN, 1, 5))).isNull();
    assertThat(supply.inFlight()).isEqualTo(2);
  }

  @Test
  void anInvalidBatchIsRefused() {
    Supply supply = supply(2, 1);
    asked(supply);

    assertThatThrownBy(() -> supply.put(new BatchKey(Part.TRAIN, 0, 0), new byte[] {1}))
        .isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void afterTrainingOnlyTheTestPartIsRequestedAndLateBatchesAreDropped() {
    Supply supply = supply(12, 6);
    asked(supply);

    supply.endTraining();

    supply.put(new BatchKey(Part.TRAIN, 0, 0), bytes(new BatchKey(Part.TRAIN, 0, 0)));
    assertThat(supply.take(new BatchKey(Part.TRAIN, 0, 0))).isNull();
    assertThat(asked(supply))
        .extracting(BatchKey::part)
        .containsOnly(Part.TEST)
        .hasSize(supply.batches(Part.TEST));
  }
}
