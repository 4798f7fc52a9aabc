package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.task.Part;
import org.junit.jupiter.api.Test;

class ReorderBufferTest {
  private final ReorderBuffer<String> buffer = new ReorderBuffer<>();

  @Test
  void aBatchThatWasNotRequestedIsNeitherAvailableNorWanted() {
    assertThat(buffer.take(key(0))).isNull();
    assertThat(buffer.wants(key(0))).isFalse();
  }

  @Test
  void eachBatchIsTakenOnceRegardlessOfTheOrderOfArrival() {
    buffer.ask(new Span(Part.TRAIN, 0, 0, 2));
    buffer.put(key(1), "b");
    assertThat(buffer.take(key(0))).isNull();
    buffer.put(key(0), "a");
    assertThat(buffer.take(key(0))).isEqualTo("a");
    assertThat(buffer.take(key(1))).isEqualTo("b");
    assertThat(buffer.take(key(1))).isNull();
  }

  @Test
  void aBatchThatArrivedOrWasTakenIsNotWantedAgain() {
    buffer.ask(new Span(Part.TRAIN, 0, 0, 2));
    buffer.put(key(0), "a");
    assertThat(buffer.wants(key(0))).isFalse();
    buffer.take(key(0));
    assertThat(buffer.wants(key(0))).isFalse();
    assertThat(buffer.wants(key(1))).isTrue();
  }

  @Test
  void onlyTheMissingBatchesOfATaskAreRequestedAgain() {
    buffer.ask(new Span(Part.TRAIN, 0, 0, 4));
    buffer.put(key(3), "d");
    assertThat(buffer.missingFrom(key(1))).isEqualTo(new Span(Part.TRAIN, 0, 1, 2));
  }

  private static BatchKey key(int index) {
    return new BatchKey(Part.TRAIN, 0, index);
  }
}
