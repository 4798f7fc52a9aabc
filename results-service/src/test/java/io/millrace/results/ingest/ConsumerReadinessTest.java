package io.millrace.results.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.messaging.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsumerReadinessTest {
  @Test
  void aServiceWithoutACommandPartitionIsReady() {
    assertThat(ConsumerReadiness.isReady(Topics.TRAINING_COMMANDS, true, 0)).isTrue();
  }

  @Test
  void aServiceWithoutAnEventPartitionIsNotReady() {
    assertThat(ConsumerReadiness.isReady(Topics.TRAINING_EVENTS, true, 0)).isFalse();
    assertThat(ConsumerReadiness.isReady(Topics.TRAINING_EVENTS, true, 1)).isTrue();
  }

  @Test
  void aServiceWithoutABrokerIsNotReady() {
    for (String channel : List.of(Topics.TRAINING_EVENTS, Topics.TRAINING_COMMANDS)) {
      assertThat(ConsumerReadiness.isReady(channel, false, 1)).as(channel).isFalse();
    }
  }
}
