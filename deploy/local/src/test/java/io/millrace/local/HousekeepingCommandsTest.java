package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HousekeepingCommandsTest {
  private final Printed out = new Printed();
  private final Printed err = new Printed();
  private ResultsStandIn service;

  @BeforeEach
  void start() throws IOException {
    service = new ResultsStandIn();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void archiveContinuesAfterARunIsRefused() {
    service
        .on("POST /runs/a/archive", 200, "{\"runs\": 1}")
        .on("POST /runs/b/archive", 409, "{\"detail\": \"the run 'b' is RUNNING\"}")
        .on("POST /runs/c/archive", 200, "{\"runs\": 0}");

    int exit =
        parsed(new HousekeepingCommands.Archive(), "a", "b", "c").run(service.results(), o(), e());

    assertThat(exit).isEqualTo(1);
    assertThat(out.lines()).containsExactly("a archived", "c was already archived");
    assertThat(err.lines()).containsExactly("millrace: the run 'b' is RUNNING");
  }

  @Test
  void restoreAndDeleteApplyToAWholeExperiment() {
    service
        .on("POST /experiments/shoes/restore", 200, "{\"runs\": 12}")
        .on("POST /experiments/shoes/delete", 200, "{\"runs\": 1}");

    assertThat(
            parsed(new HousekeepingCommands.Restore(), "--experiment=shoes")
                .run(service.results(), o(), e()))
        .isZero();
    assertThat(
            parsed(new HousekeepingCommands.Delete(), "--experiment=shoes")
                .run(service.results(), o(), e()))
        .isZero();
    assertThat(out.lines()).containsExactly("shoes: 12 runs restored", "shoes: 1 run deleted");
    assertThatThrownBy(
            () ->
                parsed(new HousekeepingCommands.Delete(), "--experiment=hats")
                    .run(service.results(), o(), e()))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> parsed(new HousekeepingCommands.Delete()))
        .isInstanceOf(CommandLine.ParameterException.class);
    assertThatThrownBy(() -> parsed(new HousekeepingCommands.Delete(), "a", "--experiment=shoes"))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  @Test
  void cancelReportsUnknownAndInvalidRunsAndCancelsTheOthers() {
    service
        .on("DELETE /runs/a", 202, "")
        .on("DELETE /runs/b", 404, "{\"detail\": \"run 'b' does not exist\"}");

    assertThat(parsed(new Cancel(), "a", "b", "no/name").run(service.results(), o(), e()))
        .isEqualTo(1);

    assertThat(out.lines()).containsExactly("a is being cancelled");
    assertThat(err.lines()).hasSize(2);
    assertThat(err.lines().get(0)).isEqualTo("millrace: run 'b' does not exist");
    assertThat(service.requests()).as("an invalid name is not sent").hasSize(2);
  }

  @Test
  void cancelAppliesToAnExperimentAndReportsRunsOfOtherUsers() {
    service
        .on("POST /experiments/shoes/cancel", 200, "{\"runs\": 2, \"left\": 0, \"sweeps\": 1}")
        .on("POST /experiments/hats/cancel", 200, "{\"runs\": 1, \"left\": 3, \"sweeps\": 0}");

    assertThat(parsed(new Cancel(), "--experiment=shoes").run(service.results(), o(), e()))
        .isZero();
    assertThat(parsed(new Cancel(), "--experiment=hats").run(service.results(), o(), e()))
        .isEqualTo(1);

    assertThat(out.lines())
        .containsExactly(
            "shoes: 2 runs are being cancelled; the experiment gets no further seeds",
            "hats: 1 run is being cancelled");
    assertThat(err.lines())
        .containsExactly("millrace: 3 runs are owned by other users and not cancelled");
    assertThatThrownBy(() -> parsed(new Cancel(), "a", "--experiment=shoes"))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  @Test
  void theMoreCommandRequestsSeedsAndPrintsTheirRuns() {
    service
        .on(
            "POST /experiments/shoes/more",
            202,
            "{\"runs\": [\"shoes-plain-s3\", \"shoes-plain-s4\"]}")
        .on("POST /experiments/hats/more", 409, "{\"detail\": \"wait until it is decided\"}");

    assertThat(
            parsed(new More(), "shoes", "--variant=plain", "--seeds=2").run(service.results(), o()))
        .isZero();

    assertThat(out.lines()).containsExactly("shoes-plain-s3", "shoes-plain-s4");
    assertThat(service.bodies()).containsExactly("{\"seeds\":2,\"variant\":\"plain\"}");
    assertThatThrownBy(() -> parsed(new More(), "hats").run(service.results(), o()))
        .isInstanceOf(UserError.class)
        .hasMessage("wait until it is decided");
  }

  @Test
  void theRunListReportsHowManyRejectedRequestsItHides() {
    service.on(
        "GET /runs?counts=true&limit=50&archived=false&experiment=my+shoes&state=QUEUED"
            + "&state=RUNNING&state=COMPLETED&state=FAILED&state=CANCELLED",
        200,
        """
        {"runs": [{"run": "a", "experiment": "my shoes", "variant": "plain", "state": "COMPLETED",
                   "epochs_done": 2, "epochs": 3, "queued_at": "2026-01-31T12:34:56.789Z"}],
         "states": {"COMPLETED": 1, "REJECTED": 30}}
        """);

    assertThat(parsed(new ListRuns(), "--experiment=my shoes").run(service.results(), o()))
        .isZero();

    assertThat(out.lines().get(2)).contains("a", "completed", "2/3", "2026-01-31 12:34");
    assertThat(out.lines().get(3))
        .isEqualTo("30 requests were rejected; list them with --state rejected");
  }

  @Test
  void dataSetsAreListedWithTheirProblems() {
    service.on(
        "GET /datasets",
        200,
        """
        {"datasets": [
          {"dataset": "shoes", "kind": "images", "samples": 10000, "classes": ["bag", "coat"],
           "differences": ["another content on augmenter-2"]},
          {"dataset": "torn", "problem": "no class folder"}]}
        """);

    assertThat(parsed(new ListDatasets()).run(service.results(), o())).isZero();

    assertThat(out.lines().get(2)).contains("shoes", "10000", "bag, coat", "another content");
    assertThat(out.lines().get(3)).contains("torn", "no class folder");
  }

  @Test
  void aServiceThatCannotListDataSetsIsReported() {
    assertThatThrownBy(() -> new ListDatasets().run(service.results(), o()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot list data sets");
  }

  private PrintStream o() {
    return out.stream();
  }

  private PrintStream e() {
    return err.stream();
  }

  private static <C> C parsed(C command, String... arguments) {
    new CommandLine(command).parseArgs(arguments);
    return command;
  }
}
