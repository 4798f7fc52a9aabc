package io.millrace.results.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.results.store.Tombstones.Tombstone;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToldEventTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aDeletionIsAPartOfItsOwn() {
    ToldEvent before = failed("a", 5, 0);
    ToldEvent deletion = told(new RunDeleted(1, "a", AT), null, 1);
    ToldEvent after = failed("a", 1, 2);

    assertThat(ToldEvent.byClaim(List.of(before, deletion, after)))
        .as("the claim of the new run counts again")
        .containsExactly(List.of(before), List.of(deletion), List.of(after));
  }

  @Test
  void ofADeletedRunNothingCountsUntilItIsAskedForAgain() {
    var deleted = Map.of("gone", new Tombstone(AT.plusSeconds(10), false));
    ToldEvent other = failed("other", 1, 0);
    ToldEvent old = failed("gone", 1, 10);
    ToldEvent late = failed("gone", 1, 11);
    ToldEvent refusal = told(new RunRejected(1, "gone", AT, null, "no", false, null), null, 12);
    ToldEvent anew = failed("gone", 1, 13);

    assertThat(ToldEvent.counting(List.of(other, old, late), deleted)).containsExactly(other);
    assertThat(ToldEvent.counting(List.of(late, refusal, anew), deleted))
        .containsExactly(refusal, anew);
  }

  @Test
  void ofARunThatWasAskedForAgainCountsWhatWasToldSince() {
    var deleted = Map.of("gone", new Tombstone(AT.plusSeconds(10), true));
    ToldEvent old = failed("gone", 1, 10);
    ToldEvent anew = failed("gone", 1, 11);

    assertThat(ToldEvent.counting(List.of(old, anew), deleted)).containsExactly(anew);
  }

  private static ToldEvent failed(String run, Integer claim, int seconds) {
    return told(new RunFailed(1, run, AT, "no data", null), claim, seconds);
  }

  private static ToldEvent told(TrainingEvent event, Integer claim, int seconds) {
    return new ToldEvent(
        event, claim, Messages.write(event), Context.root(), AT.plusSeconds(seconds));
  }
}
