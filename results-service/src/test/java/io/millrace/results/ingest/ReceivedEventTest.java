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

class ReceivedEventTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aDeletionSeparatesTheEventsBeforeAndAfterIt() {
    ReceivedEvent before = failed("a", 5, 0);
    ReceivedEvent deletion = sent(new RunDeleted(1, "a", AT), null, 1);
    ReceivedEvent after = failed("a", 1, 2);

    assertThat(ReceivedEvent.byClaim(List.of(before, deletion, after)))
        .as("the new run may have a lower claim")
        .containsExactly(List.of(before), List.of(deletion), List.of(after));
  }

  @Test
  void eventsOfADeletedRunAreIgnoredUntilItIsRequestedAgain() {
    var deleted = Map.of("gone", new Tombstone(AT.plusSeconds(10), false));
    ReceivedEvent other = failed("other", 1, 0);
    ReceivedEvent old = failed("gone", 1, 10);
    ReceivedEvent late = failed("gone", 1, 11);
    ReceivedEvent refusal = sent(new RunRejected(1, "gone", AT, null, "no", false, null), null, 12);
    ReceivedEvent retried = failed("gone", 1, 13);

    assertThat(ReceivedEvent.counting(List.of(other, old, late), deleted)).containsExactly(other);
    assertThat(ReceivedEvent.counting(List.of(late, refusal, retried), deleted))
        .containsExactly(refusal, retried);
  }

  @Test
  void aRunRequestedAgainCountsOnlyEventsAfterItsDeletion() {
    var deleted = Map.of("gone", new Tombstone(AT.plusSeconds(10), true));
    ReceivedEvent old = failed("gone", 1, 10);
    ReceivedEvent retried = failed("gone", 1, 11);

    assertThat(ReceivedEvent.counting(List.of(old, retried), deleted)).containsExactly(retried);
  }

  private static ReceivedEvent failed(String run, Integer claim, int seconds) {
    return sent(new RunFailed(1, run, AT, "no data", null), claim, seconds);
  }

  private static ReceivedEvent sent(TrainingEvent event, Integer claim, int seconds) {
    return new ReceivedEvent(
        event, claim, Messages.write(event), Context.root(), AT.plusSeconds(seconds));
  }
}
