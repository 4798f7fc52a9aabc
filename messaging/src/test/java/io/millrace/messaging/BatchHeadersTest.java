package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.Part;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BatchHeadersTest {
  @Property(tries = 100)
  void headersOfABatchAreReadAsWritten(
      @ForAll Part part,
      @ForAll @IntRange(min = 0) int epoch,
      @ForAll @IntRange(min = 0) int batch) {
    var headers = new RecordHeaders();
    BatchHeaders written = BatchHeaders.batch(part, epoch, batch);
    written.addTo(headers);
    assertThat(BatchHeaders.from(headers)).isEqualTo(written);
  }

  @ParameterizedTest
  @EnumSource(names = "BATCH", mode = EnumSource.Mode.EXCLUDE)
  void answersOtherThanBatchesHaveOnlyTheKindHeader(BatchHeaders.Kind kind) {
    var headers = new RecordHeaders();
    BatchHeaders.of(kind).addTo(headers);
    assertThat(headers).hasSize(1);
    assertThat(BatchHeaders.from(headers)).isEqualTo(BatchHeaders.of(kind));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          -       | TRAIN | 0  | 0 | headers.millrace-kind: is required
          batch   | TRAIN | 0  | 0 | headers.millrace-kind: 'batch' is not known; give one of [BATCH, DESCRIPTION, FAILURE, STATISTICS]
          BATCH   | -     | 0  | 0 | headers.millrace-part: is required
          BATCH   | train | 0  | 0 | headers.millrace-part: 'train' is not known; give one of [TRAIN, VALIDATION, TEST]
          BATCH   | TEST  | -  | 0 | headers.millrace-epoch: is required
          BATCH   | TEST  | x  | 0 | headers.millrace-epoch: 'x' is not an integer in range; give 0..2147483647
          BATCH   | TEST  | -1 | 0 | headers.millrace-epoch: -1 is out of range; give 0..2147483647
          BATCH   | TEST  | 0  | - | headers.millrace-batch: is required
          BATCH   | TEST  | 0  | 2147483648 | headers.millrace-batch: '2147483648' is not an integer in range; give 0..2147483647
          """)
  void theErrorNamesTheMissingOrMalformedHeader(
      String kind, String part, String epoch, String batch, String error) {
    var headers = new RecordHeaders();
    add(headers, "millrace-kind", kind);
    add(headers, "millrace-part", part);
    add(headers, "millrace-epoch", epoch);
    add(headers, "millrace-batch", batch);
    assertThatThrownBy(() -> BatchHeaders.from(headers))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(error);
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerNamesTheSourceOfItsTask(BatchHeaders.Kind kind) {
    BatchHeaders answer =
        kind == BatchHeaders.Kind.BATCH
            ? BatchHeaders.batch(Part.TRAIN, 1, 2)
            : BatchHeaders.of(kind);
    var headers = new RecordHeaders();

    answer.answering(source("stripes")).addTo(headers);

    assertThat(BatchHeaders.from(headers).source()).isEqualTo(source("stripes").digest());
    assertThat(BatchHeaders.from(headers)).isEqualTo(answer.answering(source("stripes")));
  }

  @Test
  void anAnswerFromAnOlderAugmenterNamesNoSource() {
    var headers = new RecordHeaders();
    BatchHeaders.of(BatchHeaders.Kind.DESCRIPTION).addTo(headers);
    headers.add("millrace-source", null);

    assertThat(BatchHeaders.from(headers).source()).isNull();
  }

  @Test
  void aSourceHasTheSameDigestAfterItIsWrittenAndRead() {
    BatchSource sent = source("stripes");
    BatchSource arrived = Messages.read(Messages.write(sent), BatchSource.class);

    assertThat(arrived.digest()).isEqualTo(sent.digest()).matches("[0-9a-f]{16}");
    assertThat(source("wave").digest()).isNotEqualTo(sent.digest());
    assertThat(sent.of("other data").digest()).isNotEqualTo(sent.digest());
  }

  private static BatchSource source(String dataset) {
    String request =
        """
        {"run":"r","dataset":{"name":"%s"},"augmentation":{"rotation_range":0.1},
         "model":{"layers":[{"type":"Dense","units":2}]},"loss":"mse"}"""
            .formatted(dataset);
    return BatchSource.of(
        Messages.read(request.getBytes(StandardCharsets.UTF_8), TrainingRequest.class));
  }

  @Test
  void aHeaderWithoutAValueCountsAsMissing() {
    var headers = new RecordHeaders().add("millrace-kind", null);
    assertThatThrownBy(() -> BatchHeaders.from(headers))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("headers.millrace-kind: is required");
  }

  private static void add(RecordHeaders headers, String name, String value) {
    if (value != null) {
      headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
  }
}
