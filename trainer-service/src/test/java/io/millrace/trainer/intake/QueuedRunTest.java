package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class IncomingRequestTest {
  @Test
  void aSweepIsRefusedByTheTopicThatItBelongsOn() {
    for (String sweep :
        new String[] {"{\"seeds\": 3}", "{\"epochs\": {\"sweep\": [1, 2]}}", "{\"sweep\": {}}"}) {
      assertThat(read(sweep).complaint()).hasMessageContaining("training-sweeps");
    }
  }

  @Test
  void anythingElseIsRefusedByItsField() {
    assertThat(read("{\"epochs\": \"three\"}").complaint()).hasMessageStartingWith("epochs: ");
    assertThat(read("{").complaint()).hasMessageContaining("not JSON");
  }

  private static IncomingRequest read(String value) {
    return IncomingRequest.read(
        new ConsumerRecord<>(
            "training-requests", 0, 7, null, value.getBytes(StandardCharsets.UTF_8)),
        "cluster");
  }
}
