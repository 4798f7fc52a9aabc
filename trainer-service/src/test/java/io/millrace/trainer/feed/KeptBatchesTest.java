package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class KeptBatchesTest {
  private final KeptBatches kept = new KeptBatches();

  private static Batch batch(int index) {
    return new Batch(Part.VALIDATION, 0, index, null, null, 1, 0);
  }

  @Test
  void keptBatchesAreServedInOrderOnceAllHaveArrived() {
    kept.add(batch(0), 2);
    assertThat(kept.has(Part.VALIDATION)).isFalse();

    kept.add(batch(1), 2);

    assertThat(kept.has(Part.VALIDATION)).isTrue();
    assertThat(kept.has(Part.TEST)).isFalse();
    var seen = new ArrayList<Integer>();
    kept.forEach(batch -> seen.add(batch.index()));
    assertThat(seen).containsExactly(0, 1);
  }

  @Test
  void aCompletePartIgnoresFurtherBatches() {
    kept.add(batch(0), 1);
    kept.add(batch(7), 1);

    var seen = new ArrayList<Integer>();
    kept.forEach(batch -> seen.add(batch.index()));
    assertThat(seen).containsExactly(0);
  }

  @Test
  void clearedBatchesAreNoLongerServed() {
    kept.add(batch(0), 1);
    kept.clear();

    assertThat(kept.has(Part.VALIDATION)).isFalse();
    kept.forEach(batch -> assertThat(batch).isNull());
  }
}
