package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs, newest first. */
@Command(name = "list", aliases = "ls", description = "List runs, newest first.")
final class ListRuns implements Callable<Integer> {
  private static final List<String> ACCEPTED =
      List.of("QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED");

  @Option(names = "--experiment", paramLabel = "NAME", description = "only runs of this experiment")
  String experiment;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description =
          "only runs in this state (queued, running, completed, failed, cancelled or rejected); may"
              + " be repeated; default all but rejected")
  List<String> states;

  @Option(
      names = "--archived",
      paramLabel = "false|true|only",
      defaultValue = "false",
      description = "list archived runs, too (true), or no others (only); default false")
  String archived;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "maximum number of runs, 1..500; default 50")
  int limit;

  @Option(names = "--json", description = "print JSON, for scripts")
  boolean json;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out);
  }

  int run(Results results, PrintStream out) {
    var parameters = new ArrayList<String>();
    parameters.add("counts=true");
    parameters.add("limit=" + limit);
    parameters.add("archived=" + Results.escape(archived));
    if (experiment != null) {
      parameters.add("experiment=" + Results.escape(experiment));
    }
    for (String state : states == null ? ACCEPTED : states) {
      parameters.add("state=" + Results.escape(state));
    }
    JsonNode page = results.read("/runs?" + String.join("&", parameters));
    if (json) {
      out.println(page.toPrettyString());
      return 0;
    }
    var table =
        new TextTable("run", "experiment", "variant", "state", "epochs", "created", "reason");
    for (JsonNode run : page.path("runs")) {
      table.row(
          run.path("run").asText(),
          run.path("experiment").asText(""),
          run.path("variant").asText(""),
          state(run),
          run.path("epochs_done").asText() + "/" + run.path("epochs").asText("?"),
          created(run),
          run.path("reason").asText("").lines().findFirst().orElse(""));
    }
    out.print(table);
    int rejected = page.path("states").path("REJECTED").asInt();
    if (states == null && rejected > 0) {
      out.println(
          (rejected == 1 ? "1 request was" : rejected + " requests were")
              + " rejected; list them with --state rejected");
    }
    if (page.hasNonNull("next")) {
      out.println("there are more runs; list them with a larger --limit");
    }
    return 0;
  }

  private static String state(JsonNode run) {
    String state = run.path("state").asText().toLowerCase(Locale.ROOT);
    return run.path("archived").asBoolean() ? state + ", archived" : state;
  }

  /** The time of creation in UTC, to the minute. */
  private static String created(JsonNode run) {
    for (String name : List.of("queued_at", "started_at", "ended_at")) {
      String at = run.path(name).asText("");
      if (at.length() >= "2026-01-31T12:00".length()) {
        return at.substring(0, 16).replace('T', ' ');
      }
    }
    return "–";
  }
}
