package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two packaged services on one broker and one database. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SideBySideIT {
  private static final String TOKEN = "annas-token";
  private static final String SUBMITTER = "sams-token";
  private static final List<Double> LOSSES = List.of(2.0, 1.5, 1.25, 1.0, 0.5, 0.25);

  /** As many runs as a service may have streams. Their keys are spread over all partitions. */
  private static final List<String> RUNS =
      IntStream.range(0, Infrastructure.MAX_STREAMS).mapToObj(i -> "side-" + i).toList();

  private static final Infrastructure INFRASTRUCTURE = new Infrastructure();
  private static final List<PackagedService> SERVICES = new ArrayList<>();
  private static final Map<String, String> ENVIRONMENT = new HashMap<>();
  private static Publisher publisher;

  @BeforeAll
  static void start() throws IOException {
    INFRASTRUCTURE
        .start()
        .forEach((name, value) -> ENVIRONMENT.put(PackagedService.variable(name), value));
    ENVIRONMENT.put("MILLRACE_AUTH_TOKENS_ANNA_SHA256", DoorsTest.sha256(TOKEN));
    ENVIRONMENT.put("MILLRACE_AUTH_TOKENS_ANNA_ROLE", "reader");
    ENVIRONMENT.put("MILLRACE_AUTH_TOKENS_SAM_SHA256", DoorsTest.sha256(SUBMITTER));
    ENVIRONMENT.put("MILLRACE_AUTH_TOKENS_SAM_ROLE", "submitter");
    // They start without a database, and continue when it is available.
    Infrastructure.stopDatabase();
    for (int i = 0; i < 2; i++) {
      SERVICES.add(PackagedService.start(ENVIRONMENT, TOKEN));
    }
    publisher = new Publisher(Infrastructure.bootstrapServers());
    for (PackagedService service : SERVICES) {
      await()
          .atMost(RunningService.PATIENCE)
          .until(() -> service.log().contains("the tables cannot be migrated yet"));
    }
    Infrastructure.startDatabase();
    for (PackagedService service : SERVICES) {
      await().atMost(RunningService.PATIENCE).until(service::isReady);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (publisher != null) {
      publisher.close();
    }
    for (PackagedService service : SERVICES) {
      service.close();
    }
    INFRASTRUCTURE.stop();
  }

  @Test
  @Order(1)
  void twoServicesCountRepeatedEventsOnceAndBothStreamAllOfThem() {
    List<Events> all = RUNS.stream().map(run -> Events.ofImages(run, "side", "plain", 1)).toList();
    all.forEach(events -> publisher.events(events.started()));
    for (PackagedService service : SERVICES) {
      RUNS.forEach(
          run ->
              await()
                  .atMost(RunningService.PATIENCE)
                  .until(() -> service.get("/runs/" + run).statusCode() == 200));
    }
    var readers = new HashMap<PackagedService, List<EventReader>>();
    try {
      for (PackagedService service : SERVICES) {
        readers.put(
            service, RUNS.stream().map(run -> service.follow("/runs/" + run + "/events")).toList());
      }
      for (Events events : all) {
        List<TrainingEvent> training = eventsAfterStart(events);
        publisher.events(training);
        publisher.events(training);
      }

      readers.forEach((service, ofRuns) -> ofRuns.forEach(SideBySideIT::assertThatAllStepsArrive));
    } finally {
      readers.values().forEach(ofRuns -> ofRuns.forEach(EventReader::close));
    }

    await("all events of steps, including the repeated ones")
        .atMost(RunningService.PATIENCE)
        .until(
            () ->
                SERVICES.stream().mapToDouble(PackagedService::takenIn).sum()
                    >= 2 * 2 * RUNS.size());
    for (PackagedService service : SERVICES) {
      assertThat(service.takenIn()).as("events that one service ingested").isPositive();
      RUNS.forEach(run -> assertThatNothingCountsTwice(service, run));
    }
  }

  @Test
  @Order(2)
  void eventsMissingFromARestoredBackupAreReadAgain() throws Exception {
    Events kept = Events.ofImages("kept", "backup", "plain", 1);
    Events lost = Events.ofImages("lost", "backup", "plain", 1);
    publisher.events(kept.imageLife(0.75, 2.0, 1.0));
    awaitCompleted("kept");
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute("create table backup as select * from ingest_position");
    }
    publisher.events(lost.imageLife(0.75, 2.0, 1.0));
    awaitCompleted("lost");
    for (PackagedService service : SERVICES) {
      service.close();
    }
    SERVICES.clear();
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute("delete from run where run = 'lost'");
      statement.execute("delete from ingest_position");
      statement.execute("insert into ingest_position select * from backup");
    }

    SERVICES.add(PackagedService.start(ENVIRONMENT, TOKEN));

    awaitCompleted("lost");
    assertThat(
            SERVICES.get(0).get("/runs/lost/losses").jsonPath().getList("steps.loss", Double.class))
        .isNotEmpty()
        .isEqualTo(
            SERVICES
                .get(0)
                .get("/runs/kept/losses")
                .jsonPath()
                .getList("steps.loss", Double.class));
    assertThat(SERVICES.get(0).log()).contains("reading again");
    assertThat(SERVICES.get(0).get("/runs/kept/log").jsonPath().getList("events"))
        .as("the log of the run that was not lost")
        .hasSameSizeAs(SERVICES.get(0).get("/runs/lost/log").jsonPath().getList("events"));
  }

  @Test
  @Order(3)
  void rebuiltTablesPreserveWhichRunsWereArchivedOrDeleted() throws Exception {
    for (String run : List.of("stays", "archived", "restored", "deleted", "anew")) {
      publisher.events(Events.ofImages(run, "house", "plain", 1).imageLife(0.75, 2.0, 1.0));
      awaitCompleted(run);
    }
    for (String action :
        List.of(
            "archived/archive",
            "restored/archive",
            "restored/restore",
            "deleted/delete",
            "anew/delete")) {
      SERVICES.get(0).post("/runs/" + action, SUBMITTER).then().statusCode(200);
    }
    // A deleted run that is requested again is a new run; other late events are ignored.
    publisher.events(
        Events.ofImages("deleted", "house", "plain", 1).failed("a trainer that knows nothing"));
    publisher.events(
        Events.ofImages("anew", "house", "plain", 2).rejected("epocs", "epocs: no field", false));
    awaitState("anew", "REJECTED");
    for (PackagedService service : SERVICES) {
      service.close();
    }
    SERVICES.clear();
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute("truncate run, deleted_run, ingest_position cascade");
    }

    SERVICES.add(PackagedService.start(ENVIRONMENT, TOKEN));

    for (String run : List.of("stays", "archived", "restored")) {
      awaitCompleted(run);
    }
    awaitState("anew", "REJECTED");
    PackagedService service = SERVICES.get(0);
    await()
        .atMost(RunningService.PATIENCE)
        .until(() -> service.get("/runs/archived").jsonPath().getBoolean("archived"));
    assertThat(
            service
                .get("/runs?experiment=house&archived=false")
                .jsonPath()
                .getList("runs.run", String.class))
        .containsExactlyInAnyOrder("stays", "restored");
    assertThat(service.get("/runs/anew").jsonPath().getInt("steps_done")).isZero();
    await()
        .atMost(RunningService.PATIENCE)
        .until(() -> service.get("/runs/deleted").statusCode() == 404);
    service.post("/runs/stays/archive", TOKEN).then().statusCode(403);
  }

  private static void awaitState(String run, String state) {
    await()
        .atMost(RunningService.PATIENCE)
        .until(
            () -> {
              PackagedService service = SERVICES.get(0);
              return service.isReady()
                  && state.equals(service.get("/runs/" + run).jsonPath().get("state"));
            });
  }

  private static void awaitCompleted(String run) {
    awaitState(run, "COMPLETED");
  }

  private static List<TrainingEvent> eventsAfterStart(Events events) {
    return List.of(
        events.steps(0, 2.0, 1.5, 1.25),
        events.epoch(0, 1.5, 1.5),
        events.steps(1, 1.0, 0.5, 0.25),
        events.epoch(1, 0.5, 1.25),
        events.evaluatedImages(0.75),
        events.completed(2));
  }

  private static void assertThatAllStepsArrive(EventReader reader) {
    var steps = new ArrayList<Integer>();
    var losses = new ArrayList<Double>();
    var log = new ArrayList<String>();
    while (steps.size() < LOSSES.size() || !log.contains("completed")) {
      var event = reader.next();
      if (event.name().equals("steps")) {
        steps.addAll(event.json().getList("step", Integer.class));
        losses.addAll(event.json().getList("loss", Double.class));
      } else if (event.name().equals("log")) {
        log.add(event.json().getString("type"));
      }
    }
    assertThat(steps).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(losses).isEqualTo(LOSSES);
    assertThat(log).containsExactly("epoch-completed", "epoch-completed", "evaluated", "completed");
  }

  private static void assertThatNothingCountsTwice(PackagedService service, String run) {
    var answer = service.get("/runs/" + run).jsonPath();
    assertThat(answer.getInt("steps_done")).isEqualTo(LOSSES.size());
    assertThat(answer.getInt("epochs_done")).isEqualTo(2);
    assertThat(
            service.get("/runs/" + run + "/losses").jsonPath().getList("steps.loss", Double.class))
        .isEqualTo(LOSSES);
    assertThat(service.get("/runs/" + run + "/history").jsonPath().getList("epochs")).hasSize(2);
    assertThat(service.get("/runs/" + run + "/log").jsonPath().getList("events")).hasSize(5);
  }

  @Test
  @Order(1)
  void aDatabaseMissingAtStartupCausesNoHibernateConnectionWarning() {
    assertThat(SERVICES)
        .allSatisfy(
            service ->
                assertThat(service.log())
                    .contains("the tables are up to date")
                    .doesNotContain("HHH100046"));
  }

  @Test
  @Order(1)
  void aTokenFromTheEnvironmentIsRequired() {
    PackagedService service = SERVICES.get(0);
    given().get(service.uri("/runs")).then().statusCode(401);
    service.get("/runs").then().statusCode(200);
    given()
        .header("Authorization", "Bearer " + TOKEN)
        .delete(service.uri("/runs/side-0"))
        .then()
        .statusCode(403);
  }
}
