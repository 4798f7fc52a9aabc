package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final Printed out = new Printed();
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
  void watchingAnExperimentIncludesRunsAddedLater() {
    service
        .then("GET /experiments/shoes", 404, "{}")
        .then("GET /experiments/shoes", 200, experiment(true, "a"))
        .then("GET /experiments/shoes", 200, experiment(true, "a", "b"))
        .then("GET /experiments/shoes", 200, experiment(false, "a", "b"))
        .on("GET /runs/a", 200, run("a", "COMPLETED"))
        .then("GET /runs/b", 200, run("b", "QUEUED"))
        .then("GET /runs/b", 200, run("b", "FAILED"));

    List<JsonNode> ended = watch(false).untilDecided("shoes");

    assertThat(ended.stream().map(run -> run.get("run").asText())).containsExactly("a", "b");
    assertThat(ended.stream().map(Watch::isCompleted)).containsExactly(true, false);
    assertThat(out.lines().stream().map(line -> line.replaceAll(" +", " ")))
        .containsExactly("a completed", "b queued", "b failed");
    assertThat(service.requests().stream().filter("GET /runs/a"::equals))
        .as("runs that have ended are not requested again")
        .hasSize(1);
  }

  @Test
  void endedRunsStayOnTheTerminalWhileTheOthersAreRedrawn() {
    service
        .then("GET /runs/a", 200, run("a", "QUEUED"))
        .then("GET /runs/a", 200, run("a", "COMPLETED"))
        .then("GET /runs/b", 200, run("b", "QUEUED"))
        .then("GET /runs/b", 200, run("b", "QUEUED"))
        .then("GET /runs/b", 200, run("b", "COMPLETED"));

    watch(true).untilEnded(List.of("a", "b"));

    assertThat(out.text().replaceAll(" +", " ").split("\\033\\[\\?7l"))
        .containsExactly(
            "",
            "a queued\033[K\nb queued\033[K\n\033[J\033[?7h",
            "\033[2Aa completed\033[K\nb queued\033[K\n\033[J\033[?7h",
            "\033[1Ab completed\033[K\n\033[J\033[?7h");
  }

  private Watch watch(boolean terminal) {
    return new Watch(service.results(), out.stream(), terminal);
  }

  private static String experiment(boolean open, String... runs) {
    String all =
        List.of(runs).stream()
            .map(run -> "{\"run\": \"" + run + "\"}")
            .reduce((a, b) -> a + ", " + b)
            .orElse("");
    return "{\"variants\": [{\"runs\": [" + all + "]}], \"adaptive\": {\"open\": " + open + "}}";
  }

  private static String run(String run, String state) {
    return "{\"run\": \"" + run + "\", \"state\": \"" + state + "\"}";
  }
}
