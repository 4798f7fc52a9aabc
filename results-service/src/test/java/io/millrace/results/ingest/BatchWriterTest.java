package io.millrace.results.ingest;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.kafka.Topics;
import io.millrace.results.Infrastructure;
import io.millrace.results.store.Rows;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class BatchWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Inject BatchWriter writer;

  @Test
  void aMessageThatNoCodeOfOursCanFoldIsSkippedAndTheOthersAreWritten() {
    List<String> runs = List.of("fold-1", "fold-2", "fold-bad", "fold-3", "fold-4");

    int rows =
        writer.write(Topics.TRAINING_EVENTS, runs, BatchWriterTest::fold).await().atMost(PATIENCE);

    assertThat(rows).isEqualTo(4);
    for (String run : List.of("fold-1", "fold-2", "fold-3", "fold-4")) {
      when().get("/runs/" + run).then().statusCode(200);
    }
    assertThat(when().get("/q/metrics").asString())
        .contains("records_skipped_total{reason=\"failed\",topic=\"training-events\"} 1.0");
  }

  private static Rows fold(List<String> runs) {
    if (runs.contains("fold-bad")) {
      throw new IllegalStateException("a mistake of ours");
    }
    List<Rows.Progress> progress =
        runs.stream()
            .map(run -> new Rows.Progress(run, null, Instant.parse("2026-01-01T12:00:00Z"), 0, 1))
            .toList();
    return new Rows(List.of(), progress, List.of(), List.of(), List.of(), List.of(), List.of());
  }
}
