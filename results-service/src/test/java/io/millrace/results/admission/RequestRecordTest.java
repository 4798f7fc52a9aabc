package io.millrace.results.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RequestRecordTest {
  private static final String NAMED = "{\"experiment\": \"shoes\", \"variant\": \"plain\"}";

  private static RequestRecord record(long offset, String key, String value) {
    return RequestRecord.of(
        new ConsumerRecord<>(
            Topics.TRAINING_REQUESTS,
            2,
            offset,
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            value == null ? null : value.getBytes(StandardCharsets.UTF_8)),
        "cluster");
  }

  @Test
  void aRecordWithoutAnIdGetsTheSameIdWheneverItIsRead() {
    String id = record(7, null, NAMED).address();

    assertThat(id).matches("shoes-plain-[0-9a-f]{8}");
    // From the MD5 of "cluster/training-requests-2@7"; the same in every version.
    assertThat(id).isEqualTo("shoes-plain-edd0f1c0");
    assertThat(record(7, null, NAMED).address()).isEqualTo(id);
    assertThat(record(7, "", NAMED).address()).as("an empty key is no id").isEqualTo(id);
    assertThat(record(8, null, NAMED).address()).as("another offset").isNotEqualTo(id);
    assertThat(record(7, null, "not JSON").address()).matches("run-[0-9a-f]{8}");
    assertThat(record(7, null, null).address()).matches("run-[0-9a-f]{8}");
  }

  @Test
  void anIdGivenAsKeyOrInTheRequestIsKept() {
    assertThat(record(7, "key-1", NAMED).address()).isEqualTo("key-1");
    assertThat(record(7, "key-1", "{\"run\": \"mine\"}").address()).isEqualTo("mine");
    assertThat(record(7, "key-1", "not JSON").address()).isEqualTo("key-1");
  }

  @Test
  void aRecordAnsweredByAnEarlierVersionKeepsItsFormerId() {
    assertThat(record(7, null, NAMED).withFormerId().address())
        .isEqualTo(record(7, null, NAMED).formerId())
        .matches("run-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(record(7, "key-1", NAMED).withFormerId().address()).isEqualTo("key-1");
  }
}
