package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class WindowTest {
  private enum Act {
    ASK,
    TAKE,
    DELETE
  }

  @Provide
  Arbitrary<List<Act>> acts() {
    return Arbitraries.of(Act.class).list().ofMaxSize(200);
  }

  @Property
  void batchesNotBothTakenAndDeletedNeverExceedTheWindow(
      @ForAll @IntRange(min = 1, max = 20) int batches, @ForAll("acts") List<Act> acts) {
    var window = new Window(batches, Long.MAX_VALUE, 1);
    long asked = 0;
    long taken = 0;
    long deleted = 0;
    for (Act act : acts) {
      if (act == Act.ASK && window.room() > 0) {
        window.ask(1);
        asked++;
      } else if (act == Act.TAKE && taken < asked) {
        window.take();
        taken++;
      } else if (act == Act.DELETE && deleted < asked) {
        window.deletedUpTo(++deleted);
      }

      assertThat(window.held())
          .isEqualTo(Math.max(asked - taken, asked - deleted))
          .isBetween(0L, (long) batches);
      assertThat(window.room()).isEqualTo(batches - (int) window.held());
      assertThat(window.inFlight()).isEqualTo((int) (asked - taken));
    }
  }

  @Property
  void theStricterOfBatchAndByteLimitAppliesWithRoomForAtLeastOne(
      @ForAll @IntRange(min = 1, max = 1_000) int batches,
      @ForAll @LongRange(min = 1, max = 1L << 30) long bytes,
      @ForAll @LongRange(min = 0, max = 1L << 28) long batchBytes) {
    var window = new Window(batches, bytes, batchBytes);

    assertThat(window.limit()).isBetween(1, batches);
    assertThat(window.limit() == 1 || window.limit() * batchBytes <= bytes).isTrue();
    assertThat(window.room()).isEqualTo(window.limit());
  }

  @Property
  void largerBatchesReduceTheRoomButNeverBelowZero(
      @ForAll @IntRange(min = 1, max = 50) int asked,
      @ForAll @LongRange(min = 1, max = 10_000) long batchBytes) {
    var window = new Window(50, 10_000, 1);
    window.ask(asked);

    window.batchBytes(batchBytes);

    assertThat(window.batchBytes()).isEqualTo(batchBytes);
    assertThat(window.room()).isEqualTo(Math.max(0, window.limit() - asked));
  }

  @Property
  void forgottenBatchesFreeTheWindowEvenIfTheBrokerAnswersLate(
      @ForAll @IntRange(max = 20) int asked, @ForAll @IntRange(max = 20) int late) {
    var window = new Window(20, Long.MAX_VALUE, 1);
    window.ask(asked);

    assertThat(window.forget()).isEqualTo(asked);

    window.deletedUpTo(Math.min(asked, late));
    assertThat(window.held()).isZero();
    assertThat(window.inFlight()).isZero();
    assertThat(window.deleted()).isEqualTo(asked);
  }
}
