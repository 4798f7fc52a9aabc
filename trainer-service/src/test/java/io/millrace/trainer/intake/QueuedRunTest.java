package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class QueuedRunTest {
  private static final String REQUEST =
      """
      {"run":"r","experiment":"e","dataset":{"name":"d"},
       "model":{"layers":[{"type":"Dense","units":2}]},"loss":"mse"}""";

  private static ConsumerRecord<byte[], byte[]> record(
      String key, byte[] value, String... headers) {
    var all = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1] == null ? null : bytes(headers[i + 1]));
    }
    return new ConsumerRecord<>(
        "training-queue",
        0,
        7,
        1_000,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        key == null ? null : bytes(key),
        value,
        all,
        Optional.empty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static QueuedRun read(String value, String... headers) {
    return QueuedRun.read(record("key", bytes(value), headers), "cluster");
  }

  @Test
  void aRunIsReadWithTheHeadersThatAdmissionAdds() {
    QueuedRun queued =
        read(
            REQUEST,
            Topics.REQUESTED_AT,
            "900",
            Topics.SUCCESSOR_OF,
            "training-queue-0@3",
            Topics.CLAIM_FLOOR,
            "12");

    assertThat(queued.fault()).isNull();
    assertThat(queued.run()).isEqualTo("r");
    assertThat(queued.request().run()).isEqualTo("r");
    assertThat(queued.place()).isEqualTo("training-queue-0@7");
    assertThat(queued.requestedAt()).isEqualTo(900);
    assertThat(queued.successorOf()).isEqualTo("training-queue-0@3");
    assertThat(queued.floor()).isEqualTo(12);
  }

  @Test
  void missingEmptyOrInvalidHeadersGetTheirDefaults() {
    for (String value : new String[] {null, "", "soon", "-5", "99999999999999999999"}) {
      QueuedRun queued =
          read(
              REQUEST,
              Topics.REQUESTED_AT,
              value,
              Topics.CLAIM_FLOOR,
              value,
              Topics.HANDED_ON_SINCE,
              value);

      assertThat(queued.requestedAt()).as(value).isEqualTo(1_000);
      assertThat(queued.floor()).as(value).isZero();
      assertThat(queued.handedOnSince()).as(value).isEqualTo(1_000);
    }
    assertThat(read(REQUEST, Topics.SUCCESSOR_OF, null).successorOf()).isNull();
  }

  @Test
  void requestsOfALaterVersionAreDistinguishedFromInvalidOnes() {
    QueuedRun later = read(REQUEST.replace("\"Dense\"", "\"AdditiveAttention\""));
    assertThat(later.fault().mayBeLater()).isTrue();
    assertThat(later.fault().field()).isEqualTo("model.layers[0].type");
    assertThat(later.run()).isEqualTo("r");
    assertThat(later.experiment()).isEqualTo("e");
    assertThat(later.variant()).isNull();

    for (String value : new String[] {"train me!", "", "[]", "null", "{"}) {
      assertThat(read(value).fault().mayBeLater()).as(value).isFalse();
      assertThat(read(value).run()).as(value).isEqualTo("key");
    }
  }

  @Test
  void aRecordWithoutARunIdGetsOneFromItsKeyOrItsPlace() {
    String request = REQUEST.replace("\"run\":\"r\",", "");

    assertThat(read(request).fault().reason()).isEqualTo("run: is required");
    assertThat(read(request).run()).isEqualTo("key");
    String named = QueuedRun.read(record("no name", bytes(request)), "cluster").run();
    assertThat(named).startsWith("run-");
    assertThat(QueuedRun.read(record(null, bytes(request)), "cluster").run()).isEqualTo(named);
  }

  @Test
  void aRecordWithoutAValueIsReportedAsEmpty() {
    QueuedRun queued = QueuedRun.read(record("key", null), "cluster");

    assertThat(queued.fault().reason()).contains("empty");
    assertThat(queued.fault().mayBeLater()).isFalse();
  }

  @Test
  void deeplyNestedJsonIsReportedAsAFault() {
    String deep = "{\"run\":\"r\",\"model\":" + "[".repeat(100_000);

    assertThat(read(deep).fault()).isNotNull();
    assertThat(read(deep + "]".repeat(100_000) + "}").fault()).isNotNull();
  }

  @Property(tries = 200)
  void readingNeverThrowsWhateverTheKeyAndValue(@ForAll byte[] key, @ForAll byte[] value) {
    assertThatCode(
            () ->
                QueuedRun.read(new ConsumerRecord<>("training-queue", 0, 7, key, value), "cluster"))
        .doesNotThrowAnyException();
  }
}
