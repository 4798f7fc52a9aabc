package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.client.Experiment;
import io.millrace.client.History;
import io.millrace.client.Losses;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.millrace.client.RunDetails;
import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Java client against the service. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class JavaClientTest extends RunningService {
  @TestHTTPResource("/")
  URI root;

  private MillraceClient client;

  @BeforeEach
  void open() {
    client = MillraceClient.connect(root);
  }

  private static PlayedTrainer trainer(String experiment) {
    return new PlayedTrainer(
        experiment,
        publisher,
        request ->
            Events.of(request)
                .imageLife(
                    (request.variant().equals("dropout") ? 0.75 : 0.5) + 0.01 * request.seed(),
                    1.5,
                    1.25));
  }

  @Test
  void runsAreSubmittedAwaitedAndCompared() throws Exception {
    String sweep =
        new String(Events.imageRequest(null, "java", "plain", 1), StandardCharsets.UTF_8)
            .replace("\"seed\": 1", "\"seeds\": 3");
    try (var trainer = trainer("java")) {
      var runs = new ArrayList<>(client.submit(sweep));
      runs.addAll(client.submit(sweep.replace("plain", "dropout")));
      assertThat(runs).hasSize(6).doesNotHaveDuplicates();
      for (String run : runs) {
        RunDetails ended = client.await(run, PATIENCE);
        assertThat(ended.state()).isEqualTo("COMPLETED");
        assertThat(ended.run()).isEqualTo(run);
        assertThat(ended.epochsDone()).isEqualTo(2);
        assertThat(ended.metrics()).containsEntry("val_loss", 1.25);
        assertThat(ended.startedAt()).isEqualTo(Instant.parse("2026-01-01T12:00:00Z"));
      }
    }

    Experiment experiment = client.experiment("java");
    assertThat(experiment.answer()).startsWith("dropout helps");
    assertThat(experiment.metric()).isEqualTo("test_acc");
    assertThat(experiment.higherIsBetter()).isTrue();
    assertThat(experiment.truncated()).isNull();
    for (Experiment.Variant variant : experiment.variants()) {
      boolean isDropout = variant.variant().equals("dropout");
      Experiment.Spread judged = experiment.judged(variant);
      assertThat(judged.n()).isEqualTo(3);
      assertThat(judged.std()).isPositive();
      assertThat(judged.mean()).isBetween(isDropout ? 0.75 : 0.5, isDropout ? 0.8 : 0.55);
      assertThat(variant.comparison() == null ? null : variant.comparison().verdict())
          .isEqualTo(isDropout ? "better" : null);
    }
  }

  @Test
  void aRequestBuiltInJavaCanBeSubmittedAndCancelled() {
    byte[] request = Events.imageRequest("java-request", "java-request", "plain", 1);

    assertThat(client.submit(Messages.readRequest(request))).containsExactly("java-request");

    assertThat(client.run("java-request").state()).isEqualTo("QUEUED");
    client.cancel("java-request");
    awaitState("java-request", "CANCELLED");
    assertThat(client.run("java-request").hasEnded()).isTrue();
  }

  @Test
  void lossesAndHistoryAreReturnedAsColumns() {
    Events events = Events.ofImages("java-curves", "java-curves", "plain", 1);
    publisher.events(
        events.started(),
        events.steps(0, 2.0, null, 1.25),
        events.epoch(0, 1.5, 1.25),
        events.steps(1, 1.0, 0.5, 0.25),
        events.epoch(1, 0.5, Double.NaN));
    awaitUntil("/runs/java-curves", run -> run.getInt("epochs_done") == 2);

    Losses losses = client.losses("java-curves");
    assertThat(losses.step()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(losses.epoch()).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(losses.loss()).containsExactly(2, Double.NaN, 1.25, 1, 0.5, 0.25);
    History history = client.history("java-curves");
    assertThat(history.epoch()).containsExactly(0, 1);
    assertThat(history.step()).containsExactly(3, 6);
    assertThat(history.at()).hasSize(2);
    assertThat(history.metrics().get("loss")).containsExactly(1.5, 0.5);
    assertThat(history.metrics().get("val_loss")).containsExactly(1.25, Double.NaN);
  }

  @Test
  void refusalsSayWhatWasWrongAndWhere() {
    String request =
        new String(Events.imageRequest(null, "java-bad", "plain", 1), StandardCharsets.UTF_8)
            .replace("\"epochs\": 2", "\"epochs\": 0");

    var refusal = catchThrowableOfType(MillraceException.class, () -> client.submit(request));
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.field()).isEqualTo("epochs");
    assertThat(refusal.detail()).startsWith("epochs: 0 is out of range");

    for (String run : List.of("java-nowhere", "no name/at all?")) {
      assertThat(catchThrowableOfType(MillraceException.class, () -> client.run(run)).status())
          .isIn(400, 404);
    }
    assertThat(
            catchThrowableOfType(
                    MillraceException.class,
                    () -> client.await("java-nowhere", Duration.ofMinutes(1)))
                .status())
        .isEqualTo(404);
  }

  @Test
  void awaitTimesOutForABusyRunOrAnUnreachableService() {
    publisher.events(Events.ofImages("java-busy", "java-busy", "plain", 1).started());
    awaitState("java-busy", "RUNNING");

    assertThatThrownBy(() -> client.await("java-busy", Duration.ofMillis(10)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("java-busy");
    MillraceClient nobody = MillraceClient.connect(URI.create("http://127.0.0.1:9"));
    var away = catchThrowableOfType(MillraceException.class, () -> nobody.run("java-busy"));
    assertThat(away.status()).isZero();
    assertThat(away.detail()).startsWith("http://127.0.0.1:9 does not answer");
    assertThatThrownBy(() -> nobody.await("java-busy", Duration.ofMillis(10)))
        .isInstanceOf(TimeoutException.class);
  }
}
