package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The event streams that report the progress of runs to a browser. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class EventStreamTest extends RunningService {
  @TestHTTPResource("/")
  URI service;

  @AfterEach
  void everyStreamIsGivenBack() {
    await().atMost(PATIENCE).until(() -> openStreams() == 0);
  }

  @Test
  void aStreamDeliversTheEventsOfARunAsTheyHappen() {
    Events events = Events.ofImages("live-1", "live", "plain", 1);
    publisher.request("live-1", Events.imageRequest("live-1", "live", "plain", 1));
    awaitQueued("live-1");

    try (var reader = open("runs/live-1/events", null)) {
      var first = reader.next();
      assertThat(first.name()).isEqualTo("run");
      assertThat(first.json().getString("state")).isEqualTo("QUEUED");

      publisher.events(events.started());
      var started = reader.until(event -> event.name().equals("run"));
      assertThat(started.get(0).name()).isEqualTo("log");
      assertThat(started.get(0).json().getString("type")).isEqualTo("started");
      assertThat(started.get(0).json().getString("trainer")).isEqualTo("trainer-1");
      assertThat(started.get(1).json().getString("state")).isEqualTo("RUNNING");

      publisher.events(events.steps(0, 2.0, null, 1.25));
      var steps = reader.until(event -> event.name().equals("steps")).get(0);
      assertThat(steps.json().getString("run")).isEqualTo("live-1");
      assertThat(steps.json().getList("step")).containsExactly(0, 1, 2);
      assertThat(steps.json().getList("loss", Float.class)).containsExactly(2.0f, null, 1.25f);
      assertThat(steps.json().getInt("steps_done")).isEqualTo(3);
      assertThat(steps.id()).endsWith(".3");

      publisher.events(events.epoch(0, 1.5, 1.25), events.completed(1));
      var end = reader.until(event -> event.data().contains("\"COMPLETED\""));
      assertThat(end.stream().filter(event -> event.name().equals("log")))
          .extracting(event -> event.json().getString("type"))
          .containsExactly("epoch-completed", "completed");
    }
  }

  @Test
  void aReaderThatReconnectsAfterEveryEventReceivesEachEventOnce() {
    Events events = Events.ofImages("resume-1", "resume", "plain", 1);
    publisher.request("resume-1", Events.imageRequest("resume-1", "resume", "plain", 1));
    awaitQueued("resume-1");
    var steps = new ArrayList<Integer>();
    var log = new ArrayList<Integer>();
    String id = "0.0";

    for (int i = 0; log.size() < 8 || steps.size() < 12; i++) {
      // Until the run has completed, there are new events between any two connections.
      publisher.events(
          switch (i) {
            case 0 -> List.of(events.started());
            case 1, 2, 3, 4 ->
                List.of(events.steps(i - 1, 3.0, 2.0, 1.0), events.epoch(i - 1, 1.5, 1.25));
            case 5 -> List.of(events.evaluatedImages(0.5), events.completed(4));
            default -> List.of();
          });
      try (var reader = open("runs/resume-1/events", id)) {
        var event = reader.until(found -> !found.name().equals("run")).stream();
        for (var found : event.toList()) {
          id = found.id();
          if (found.name().equals("steps")) {
            steps.addAll(found.json().getList("step", Integer.class));
          } else if (found.name().equals("log")) {
            log.add(found.json().getInt("id"));
          }
        }
      }
    }

    assertThat(steps).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(log)
        .isEqualTo(when().get("/runs/resume-1/log").jsonPath().getList("events.id"))
        .hasSize(8);
  }

  @Test
  void changesThatAnotherServiceWritesAreStreamed() throws Exception {
    publisher.events(Events.ofImages("elsewhere-1", "elsewhere", "plain", 1).started());
    awaitRun("elsewhere-1");

    try (var ofRun = open("runs/elsewhere-1/events", null);
        var ofExperiment = open("experiments/elsewhere/events", null)) {
      assertThat(ofRun.next().name()).isEqualTo("run");
      assertThat(ofExperiment.next().name()).isEqualTo("run");
      try (var database = Infrastructure.database();
          var statement = database.createStatement()) {
        database.setAutoCommit(false);
        statement.execute(
            "insert into run_event (run_id, place, at, type, text, body) select id, 'x-0@1', now(),"
                + " 'failed', 'no memory', '{}' from run where run = 'elsewhere-1'");
        statement.execute("update run set state = 'FAILED' where run = 'elsewhere-1'");
        statement.execute("select pg_notify('millrace', 'elsewhere-1 elsewhere')");
        database.commit();
      }

      for (EventReader reader : List.of(ofRun, ofExperiment)) {
        var log = reader.next();
        assertThat(log.name()).isEqualTo("log");
        assertThat(log.json().getString("run")).isEqualTo("elsewhere-1");
        assertThat(log.json().getString("text")).isEqualTo("no memory");
        assertThat(reader.next().json().getString("state")).isEqualTo("FAILED");
      }
    }
  }

  @Test
  void aStreamResumesAfterTheListeningConnectionBreaks() throws Exception {
    Events events = Events.ofImages("broken-1", "broken", "plain", 1);
    publisher.events(events.started());
    awaitRun("broken-1");

    try (var reader = open("runs/broken-1/events", null);
        var database = Infrastructure.database()) {
      assertThat(reader.next().name()).isEqualTo("run");
      int before = listeners(database).get(0);
      try (var statement = database.createStatement()) {
        statement.execute("select pg_terminate_backend(" + before + ")");
      }
      await()
          .atMost(PATIENCE)
          .until(() -> listeners(database), now -> now.size() == 1 && now.get(0) != before);

      publisher.events(events.steps(0, 0.5));

      assertThat(reader.next().name()).isEqualTo("steps");
    }
  }

  /** The PostgreSQL processes of the listening connections. */
  private static List<Integer> listeners(Connection database) throws SQLException {
    var found = new ArrayList<Integer>();
    try (var statement = database.createStatement();
        var rows =
            statement.executeQuery(
                "select pid from pg_stat_activity where query = 'listen millrace'")) {
      while (rows.next()) {
        found.add(rows.getInt(1));
      }
    }
    return found;
  }

  @Test
  void anExperimentStreamContainsItsOwnRunsOnly() {
    Events one = Events.ofImages("both-1", "both", "plain", 1);
    Events two = Events.ofImages("both-2", "both", "dropout", 1);
    Events other = Events.ofImages("neither-1", "neither", "plain", 1);
    publisher.events(one.started());
    awaitRun("both-1");

    try (var reader = open("experiments/both/events", null)) {
      assertThat(reader.next().json().getString("run")).isEqualTo("both-1");
      publisher.events(other.started(), two.started(), one.failed("no memory"));
      var logged = new ArrayList<String>();
      var states = new ArrayList<String>();
      String id = null;
      while (logged.size() < 2 || states.size() < 2) {
        var event = reader.next();
        String run = event.json().getString("run");
        id = event.id();
        if (event.name().equals("log")) {
          logged.add(run + " " + event.json().getString("type"));
        } else {
          states.add(run + " " + event.json().getString("state"));
        }
      }
      assertThat(logged).containsExactlyInAnyOrder("both-2 started", "both-1 failed");
      assertThat(states).containsExactlyInAnyOrder("both-2 RUNNING", "both-1 FAILED");

      reader.close();
      publisher.events(two.failed("no disk"));
      try (var again = open("experiments/both/events", id)) {
        var next = again.until(event -> event.name().equals("log"));
        assertThat(next.get(next.size() - 1).json().getString("text")).isEqualTo("no disk");
      }
    }
  }

  @Test
  void theLogHasNoDuplicatesWhenItsRecordsAreWrittenAgain() throws Exception {
    Events events = Events.ofImages("log-1", "log", "plain", 1);
    publisher.request("log-1", Events.imageRequest("log-1", "log", "plain", 1));
    awaitRun("log-1");
    publisher.eventsUnder(
        1,
        events.started(),
        events.steps(0, 3.0, 2.0, 1.0),
        events.epoch(0, 1.5, 1.25),
        events.evaluatedImages(0.75),
        events.completed(1));
    await()
        .atMost(PATIENCE)
        .until(() -> when().get("/runs/log-1/log").jsonPath().getList("events").size() == 5);
    var log = when().get("/runs/log-1/log").jsonPath();

    // The same records are written again if their offsets could not be committed.
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      int again =
          statement.executeUpdate(
              "insert into run_event (run_id, place, at, type, text, body) select run_id, place, at,"
                  + " type, text, body from run_event on conflict (run_id, place) do nothing");
      assertThat(again).isZero();
    }
    assertThat(log.getList("events.type"))
        .containsExactly("queued", "started", "epoch-completed", "evaluated", "completed");
    assertThat(log.getList("events.id", Integer.class)).isSorted();
    assertThat(log.getString("events[2].text"))
        .isEqualTo("epoch 1: loss 1.500, acc 0.5000, val_loss 1.250, val_acc 0.2500");
    assertThat(log.getDouble("events[2].metrics.val_loss")).isEqualTo(1.25);
    assertThat(log.getString("events[4].text")).isEqualTo("completed: 1 epoch, 3 steps");

    var page = when().get("/runs/log-1/log?limit=2").jsonPath();
    assertThat(page.getList("events.type")).containsExactly("queued", "started");
    page = when().get("/runs/log-1/log?limit=3&cursor=" + page.getString("next")).jsonPath();
    assertThat(page.getList("events.type"))
        .containsExactly("epoch-completed", "evaluated", "completed");
    assertThat(page.getString("next")).isNull();
  }

  @Test
  void aReaderThatDoesNotReadIsDisconnected() throws Exception {
    publisher.events(Events.ofImages("slow-1", "slow", "plain", 1).started());
    awaitRun("slow-1");

    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress(service.getHost(), service.getPort()));
      socket
          .getOutputStream()
          .write(
              "GET /runs/slow-1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(PATIENCE).until(() -> openStreams() == 1);
      // This is more than the buffers of both sides hold.
      List<Double> losses = Collections.nCopies(1_000, 0.12345678901234567);
      for (int i = 0; i < 250; i++) {
        publisher.raw(
            Topics.TRAINING_EVENTS,
            "slow-1",
            io.millrace.contracts.json.Messages.write(
                new StepsCompleted(1, "slow-1", Instant.now(), 0, i * 1_000L, losses)));
      }

      await().atMost(PATIENCE).until(() -> openStreams() == 0);
    }
  }

  @Test
  void streamsOverTheLimitAreRefusedAndClosedOnesFreeTheirPlace() throws Exception {
    publisher.events(Events.ofImages("many-1", "many", "plain", 1).started());
    awaitRun("many-1");
    var readers = new ArrayList<EventReader>();
    try {
      for (int i = 0; i < Infrastructure.MAX_STREAMS; i++) {
        readers.add(open("runs/many-1/events", null));
      }
      HttpResponse<InputStream> refused =
          EventReader.connect(service.resolve("runs/many-1/events"), null);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(text(refused)).contains("streams");
    } finally {
      readers.forEach(EventReader::close);
    }
    await().atMost(PATIENCE).until(() -> openStreams() == 0);
    open("runs/many-1/events", null).close();
  }

  @Test
  void anIdleStreamSendsHeartbeats() {
    publisher.events(Events.ofImages("quiet-1", "quiet", "plain", 1).started());
    awaitRun("quiet-1");

    try (var reader = open("runs/quiet-1/events", null)) {
      await().atMost(PATIENCE).until(() -> reader.heartbeats() >= 2);
    }
  }

  @Test
  void streamsWithAnUnknownNameOrABadLastEventIdAreRefused() throws Exception {
    for (String path : List.of("runs/nobody/events", "experiments/nothing/events")) {
      HttpResponse<InputStream> unknown = EventReader.connect(service.resolve(path), null);
      assertThat(unknown.statusCode()).as(path).isEqualTo(404);
    }
    publisher.events(Events.ofImages("known-1", "known", "plain", 1).started());
    awaitRun("known-1");
    HttpResponse<InputStream> bad =
        EventReader.connect(service.resolve("runs/known-1/events"), "yesterday");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(text(bad)).contains("Last-Event-ID");
  }

  private EventReader open(String path, String lastEventId) {
    return EventReader.open(service.resolve(path), lastEventId);
  }

  private static String text(HttpResponse<InputStream> response) throws IOException {
    return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void awaitRun(String run) {
    await().atMost(PATIENCE).until(() -> when().get("/runs/" + run).statusCode() == 200);
  }

  /** Waits for the run and for its first log entry, which is stored later. */
  private static void awaitQueued(String run) {
    awaitRun(run);
    await()
        .atMost(PATIENCE)
        .until(() -> when().get("/runs/" + run + "/log").jsonPath().getList("events").size() == 1);
  }

  private static double openStreams() {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("millrace_results_streams "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }
}
