package io.millrace.results.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.ingest.RecordDecoder.Decoded;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every record becomes an event, or is skipped and counted as unreadable. */
class RecordDecoderTest {
  private static final String AT = "\"version\":1,\"run\":\"r\",\"at\":\"2026-11-29T09:00:00Z\"";

  private static final List<String> EVENTS =
      List.of(
          "{\"type\":\"steps-completed\","
              + AT
              + ",\"epoch\":0,\"first_step\":5,\"losses\":[1,null]}",
          "{\"type\":\"epoch-completed\","
              + AT
              + ",\"epoch\":0,\"step\":5,\"metrics\":{\"loss\":1}}",
          "{\"type\":\"run-evaluated\","
              + AT
              + ",\"samples\":3,\"metrics\":{\"loss\":1},\"confusion\":{\"classes\":[\"a\",\"b\"],"
              + "\"matrix\":[[1,0],[0,1]]},\"baseline\":{\"name\":\"n\",\"metrics\":{\"acc\":0.5}}}",
          "{\"type\":\"run-completed\"," + AT + ",\"epochs\":1,\"steps\":5,\"seconds\":1.5}",
          "{\"type\":\"run-failed\"," + AT + ",\"reason\":\"x\",\"step\":3}",
          "{\"type\":\"run-rejected\"," + AT + ",\"field\":\"f\",\"reason\":\"x\"}",
          "{\"type\":\"run-cancelled\"," + AT + ",\"step\":3}",
          "{\"type\":\"run-started\","
              + AT
              + ",\"request\":{\"dataset\":{\"name\":\"d\"},\"model\":{\"layers\":[{\"type\":"
              + "\"Flatten\"}]},\"loss\":\"mse\"},\"steps_per_epoch\":1,\"layers\":[{\"name\":\"a\","
              + "\"output_shape\":[1]}],\"parameters\":1,\"samples\":{\"train\":1}}");

  /** Values that are known to break JSON readers or the code that uses the values. */
  private static final List<String> POISON =
      List.of(
          "null",
          "-1",
          "9223372036854775807",
          "-9223372036854775808",
          "1e300",
          "1e400",
          "1e99999999999",
          "2.5",
          "true",
          "[null]",
          "[[null]]",
          "{\"a\":null}",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"+999999999-12-31T23:59:59Z\"",
          "\"-999999999-01-01T00:00:00Z\"",
          "99999999999999999999999",
          "[".repeat(500) + "]".repeat(500),
          "{\"a\":".repeat(60) + "1" + "}".repeat(60));

  private static ConsumerRecord<String, byte[]> record(String key, byte[] value) {
    return new ConsumerRecord<>(
        Topics.TRAINING_EVENTS,
        0,
        7,
        -1,
        TimestampType.NO_TIMESTAMP_TYPE,
        0,
        0,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  /** The event of a record. Checks that an unreadable record has a reason. */
  private static Optional<ReceivedEvent> event(ConsumerRecord<String, byte[]> record) {
    Decoded decoded = RecordDecoder.read(List.of(record));
    assertThat(decoded.events().size() + decoded.unreadable().size()).isEqualTo(1);
    assertThat(decoded.unreadable()).noneMatch(unreadable -> unreadable.why().isBlank());
    return decoded.events().stream().findFirst();
  }

  @Test
  void everyEventIsReadAndFolded() {
    for (String event : EVENTS) {
      Optional<ReceivedEvent> found = event(record("r", utf8(event)));
      assertThat(found).as(event).isPresent();
      assertThat(RowFolding.fold(List.of(found.get())).isEmpty()).isFalse();
    }
  }

  @Test
  void aNullClaimOrValueIsUnreadableButANullKeyOrTraceIsNot() {
    var nullClaim = record("r", utf8(EVENTS.get(4)));
    nullClaim.headers().add(Topics.CLAIM, null);
    assertThat(event(nullClaim)).isEmpty();
    assertThat(event(record("r", null))).isEmpty();
    assertThat(event(record(null, null))).isEmpty();

    var nullTrace = record(null, utf8(EVENTS.get(4)));
    nullTrace.headers().add("traceparent", null).add("tracestate", null);
    assertThat(event(nullTrace)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1.0", "99999999999", "\u0000", "one", "１", " 1"})
  void anInvalidClaimMakesTheRecordUnreadable(String claim) {
    var record = record("r", utf8(EVENTS.get(4)));
    record.headers().add(Topics.CLAIM, utf8(claim));

    assertThat(event(record)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"first_step\":9223372036854775807",
        "\"first_step\":-1",
        "\"epoch\":-1",
        "\"epoch\":2147483647",
        "\"at\":\"+100000-01-01T00:00:00Z\"",
        "\"at\":\"1812-01-01T00:00:00Z\""
      })
  void outOfRangeNumbersAndTimesMakeTheRecordUnreadable(String field) {
    String name = field.substring(0, field.indexOf(':'));
    String event = EVENTS.get(0).replaceFirst(name + ":(\"[^\"]*\"|\\d+)", field);

    assertThat(event).isNotEqualTo(EVENTS.get(0));
    assertThat(event(record("r", utf8(event)))).as(event).isEmpty();
  }

  /** Replaces each value of each event by each poison value, and uses random bytes and headers. */
  @Test
  void aCorruptRecordDoesNotStopTheNextOneFromBeingRead() {
    var random = new Random(14);
    var records = new ArrayList<ConsumerRecord<String, byte[]>>();
    for (String event : EVENTS) {
      for (String poison : POISON) {
        for (String mutant : mutants(event, poison)) {
          records.add(record("r", utf8(mutant)));
        }
      }
      for (int i = 0; i < 2_000; i++) {
        byte[] bytes = utf8(event);
        for (int j = 0; j <= random.nextInt(4); j++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        var record =
            record("r", random.nextInt(9) == 0 ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
        byte[] header = new byte[random.nextInt(80)];
        random.nextBytes(header);
        String name = List.of(Topics.CLAIM, "traceparent", "tracestate").get(random.nextInt(3));
        record.headers().add(name, random.nextInt(4) == 0 ? null : header);
        records.add(record);
      }
    }

    int readable = 0;
    for (ConsumerRecord<String, byte[]> record : records) {
      Optional<ReceivedEvent> found = event(record);
      readable += found.isPresent() ? 1 : 0;
      found.ifPresent(
          event -> {
            ReceivedEvent.byClaim(List.of(event)).forEach(RowFolding::fold);
            assertThat(Messages.write(RowFolding.fold(List.of(event)))).isNotEmpty();
          });
      assertThat(event(record("r", utf8(EVENTS.get(6))))).isPresent();
    }

    assertThat(readable).isBetween(1, records.size() - 1);
  }

  /** Copies of an event, each with another one of its values replaced. */
  private static List<String> mutants(String event, String poison) {
    var mutants = new ArrayList<String>();
    for (int at = event.indexOf("\":"); at >= 0; at = event.indexOf("\":", at + 1)) {
      int start = at + 2;
      int end = start;
      int depth = 0;
      boolean quoted = false;
      for (; end < event.length(); end++) {
        char c = event.charAt(end);
        quoted ^= c == '"';
        depth += quoted ? 0 : c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (depth < 0 || depth == 0 && c == ',' && !quoted) {
          break;
        }
      }
      mutants.add(event.substring(0, start) + poison + event.substring(end));
    }
    return mutants;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
