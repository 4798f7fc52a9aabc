package io.millrace.results.ingest;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.results.Infrastructure;
import io.opentelemetry.context.Context;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class BatchWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");

  @Inject BatchWriter writer;

  @Test
  void anEventHitByAnInternalErrorIsHeldUntilItCanBeWritten() {
    List<ReceivedEvent> events =
        Stream.of("fold-1", "fold-2", "fold-bad", "fold-3")
            .map(run -> losses(run, null, 0, 1))
            .toList();
    var faulty = new AtomicBoolean(true);

    var rows =
        writer
            .write(
                events,
                all -> Uni.createFrom().item(all),
                all -> {
                  if (faulty.get() && runs(all).contains("fold-bad")) {
                    throw new IllegalStateException("a mistake of ours");
                  }
                  return RowFolding.fold(all);
                })
            .subscribeAsCompletionStage();

    await().untilAsserted(() -> assertThat(held()).contains("fold-bad", "a mistake of ours"));
    when().get("/q/health/live").then().statusCode(200);
    assertThat(when().get("/q/metrics").asString()).contains("ingest_held_records 1.0");
    assertThat(List.of("fold-1", "fold-2")).allMatch(run -> status(run) == 200);
    assertThat(List.of("fold-bad", "fold-3")).allMatch(run -> status(run) == 404);

    faulty.set(false);

    await().untilAsserted(() -> assertThat(rows).isCompleted());
    assertThat(held()).isEmpty();
    assertThat(List.of("fold-bad", "fold-3")).allMatch(run -> status(run) == 200);
  }

  private static String held() {
    return when()
        .get("/q/health/ready")
        .jsonPath()
        .getString("checks.find { it.name == 'events taken in' }.data.held");
  }

  private static int status(String run) {
    return when().get("/runs/" + run).statusCode();
  }

  private static List<String> runs(List<ReceivedEvent> events) {
    return events.stream().map(one -> one.event().run()).toList();
  }

  @Test
  void twoWritersOfTheSameEventsNeitherDuplicateNorLoseAnything() {
    var events = new ArrayList<ReceivedEvent>();
    for (int first = 0; first < 5_000; first += 100) {
      events.add(losses("twice-" + first / 100 % 3, null, first, 150));
    }
    var writes = new ArrayList<Uni<Integer>>();
    for (int i = 0; i + 10 <= events.size(); i += 10) {
      List<ReceivedEvent> batch = events.subList(i, i + 10);
      writes.add(written(batch));
      writes.add(written(batch));
    }

    Uni.join().all(writes).andFailFast().await().atMost(PATIENCE);

    for (int run = 0; run < 3; run++) {
      var expected = new TreeSet<Integer>();
      for (int first = 100 * run; first < 5_000; first += 300) {
        IntStream.range(first, first + 150).forEach(expected::add);
      }
      assertThat(steps("twice-" + run)).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void redeliveredEventsWriteNoLossBlocks() {
    List<ReceivedEvent> events =
        List.of(losses("redelivered", 1, 0, 1_000), losses("redelivered", 1, 500, 1_000));

    int first = written(events).await().atMost(PATIENCE);
    int again = written(events).await().atMost(PATIENCE);
    int part = written(events.subList(0, 1)).await().atMost(PATIENCE);

    assertThat(first).as("the run and two blocks").isEqualTo(3);
    assertThat(List.of(again, part)).as("the run alone").containsExactly(1, 1);
  }

  @Test
  void lossesWithALowerClaimThanTheRunAreNotWritten() {
    written(List.of(losses("lower", 2, 0, 10))).await().atMost(PATIENCE);

    int rows = written(List.of(losses("lower", 1, 5, 10))).await().atMost(PATIENCE);

    assertThat(rows).isZero();
    assertThat(steps("lower")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aRepeatedDeletionKeepsARunRequestedSinceThen() {
    Instant deleted = AT.plusSeconds(10);
    written(List.of(losses("regrown", 1, 0, 10))).await().atMost(PATIENCE);
    written(List.of(deletion("regrown", deleted))).await().atMost(PATIENCE);
    when().get("/runs/regrown").then().statusCode(404);

    requested("regrown", deleted.plusSeconds(1));
    written(List.of(deletion("regrown", deleted), losses("regrown", 1, 0, 5)))
        .await()
        .atMost(PATIENCE);

    assertThat(steps("regrown")).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void anOlderArchiveEventDoesNotOverrideANewerOne() {
    Instant later = AT.plusSeconds(10);
    written(List.of(sent(new RunFailed(1, "put-away", AT, "no data", null), AT)))
        .await()
        .atMost(PATIENCE);
    written(List.of(sent(new RunArchived(1, "put-away", AT, true), later)))
        .await()
        .atMost(PATIENCE);
    written(List.of(sent(new RunArchived(1, "put-away", AT, false), AT))).await().atMost(PATIENCE);

    assertThat(when().get("/runs/put-away").jsonPath().getBoolean("archived")).isTrue();
  }

  private void requested(String run, Instant at) {
    var request =
        Messages.readRequest(
            """
            {"experiment": "regrown", "dataset": {"name": "fashion-mnist"},
             "model": {"layers": [{"type": "Flatten"},
                                  {"type": "Dense", "units": 10, "activation": "softmax"}]},
             "loss": "categorical_crossentropy"}
            """
                .getBytes(StandardCharsets.UTF_8));
    written(List.of(sent(new RunQueued(1, run, at, request, "cluster/requests-0@0", null), at)))
        .await()
        .atMost(PATIENCE);
  }

  private static ReceivedEvent deletion(String run, Instant at) {
    return sent(new RunDeleted(1, run, at), at);
  }

  private static ReceivedEvent sent(TrainingEvent event, Instant publishedAt) {
    return new ReceivedEvent(event, null, Messages.write(event), Context.root(), publishedAt);
  }

  private Uni<Integer> written(List<ReceivedEvent> events) {
    return writer.write(events, all -> Uni.createFrom().item(all), RowFolding::fold);
  }

  /** An event in which each loss equals its step. */
  private static ReceivedEvent losses(String run, Integer claim, int first, int count) {
    List<Double> losses =
        IntStream.range(first, first + count).mapToObj(step -> (double) step).toList();
    var event = new StepsCompleted(null, run, AT, 0, (long) first, losses);
    return new ReceivedEvent(event, claim, Messages.write(event), Context.root(), AT);
  }

  /** The known steps of a run. Checks that each loss equals its step. */
  private static List<Integer> steps(String run) {
    var found = when().get("/runs/" + run + "/losses").then().statusCode(200).extract().jsonPath();
    List<Integer> steps = found.getList("steps.step", Integer.class);
    assertThat(found.getList("steps.loss", Double.class))
        .isEqualTo(steps.stream().map(Integer::doubleValue).toList());
    return steps;
  }
}
