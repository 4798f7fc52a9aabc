package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class TroublesTest {
  @Test
  void errorsThatWaitingDoesNotFixArePermanentEvenIfWrapped() {
    assertThat(Troubles.isPermanent(new TopicAuthorizationException("batch-tasks"))).isTrue();
    assertThat(Troubles.isPermanent(new SaslAuthenticationException("who?"))).isTrue();
    assertThat(Troubles.isPermanent(new ConfigException("acks", "7"))).isTrue();
    assertThat(
            Troubles.isPermanent(
                new KafkaException(new ExecutionException(new RecordTooLargeException()))))
        .isTrue();
  }

  @Test
  void temporaryAndInternalErrorsAreNotPermanent() {
    assertThat(Troubles.isPermanent(new TimeoutException())).isFalse();
    assertThat(Troubles.isPermanent(new KafkaException(new NotLeaderOrFollowerException())))
        .isFalse();
    assertThat(Troubles.isPermanent(new IllegalStateException("a fault of ours"))).isFalse();
    assertThat(Troubles.isPermanent(null)).isFalse();
  }
}
