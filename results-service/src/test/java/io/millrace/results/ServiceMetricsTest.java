package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.messaging.Delivery;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Metrics of the service and of its queues. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ServiceMetricsTest extends RunningService {
  private static final String AUGMENTERS_DEPTH =
      "millrace_results_queue_depth_records{group=\"augmenters\"}";

  @Test
  void theDepthOfAQueueCountsTheTasksItsGroupHasNotDone() {
    for (int i = 0; i < 5; i++) {
      publisher.raw(Topics.BATCH_TASKS, "task-" + i, bytes("{}"));
    }
    await("the depth before any augmenter starts")
        .atMost(PATIENCE)
        .until(() -> metric(AUGMENTERS_DEPTH) == 5);

    var done = new AtomicInteger();
    var over = new CountDownLatch(1);
    try (var queue = tasks(done, over)) {
      await("the depth with two tasks done and one in work")
          .atMost(PATIENCE)
          .until(() -> metric(AUGMENTERS_DEPTH) == 3);
      over.countDown();
      await().atMost(PATIENCE).until(() -> done.get() == 5);
    }
    await("the depth after the last augmenter stops")
        .atMost(PATIENCE)
        .until(() -> metric(AUGMENTERS_DEPTH) == 0);
  }

  @Test
  void metricsAndTheOpenApiDocumentAreServed() {
    publisher.events(Events.ofImages("metrics-1", "metrics", "plain", 1).imageLife(0.5, 1.0));
    awaitState("metrics-1", "COMPLETED");

    String metrics = when().get("/q/metrics").asString();
    assertThat(metrics)
        .contains("millrace_results_events_total{type=\"run-completed\"}")
        .contains("millrace_results_rows_total")
        .contains("millrace_results_ingest_batch_seconds_count")
        .contains("millrace_results_ingest_lag_records{topic=\"training-events\"}")
        .contains("postgresql_processing_seconds_count")
        .as("metrics of a single connection")
        .doesNotContain("postgresql_queue_size", "postgresql_current");
    String openApi = when().get("/q/openapi").then().statusCode(200).extract().asString();
    assertThat(openApi).contains("/runs/{run}/losses:", "samples_per_second:", "/experiments:");
  }

  /** An augmenter that does two tasks immediately, and waits for {@code over} before the others. */
  private static WorkQueue tasks(AtomicInteger done, CountDownLatch over) {
    var kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", Infrastructure.bootstrapServers()), Optional.empty());
    return new WorkQueue(
            new WorkQueue.Place(
                kafka,
                Topics.AUGMENTERS,
                List.of(Topics.BATCH_TASKS),
                "augmenter",
                Duration.ofHours(1)),
            new WorkQueue.Worker() {
              @Override
              public WorkQueue.Outcome work(Delivery delivery) throws Exception {
                if (done.incrementAndGet() > 2) {
                  over.await();
                }
                return WorkQueue.Outcome.ACCEPT;
              }

              @Override
              public void failed(Delivery delivery, Throwable failure) {
                throw new AssertionError("a task failed", failure);
              }
            })
        .start();
  }
}
