package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the data sets that augmentation services offer. */
@Command(
    name = "datasets",
    description = "List the data sets, with the problems of those that cannot be used.")
final class ListDatasets implements Callable<Integer> {
  private static final int MAX_NAMES = 6;

  @Option(names = "--json", description = "print JSON, for scripts")
  boolean json;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out);
  }

  int run(Results results, PrintStream out) {
    JsonNode found =
        results
            .datasets()
            .orElseThrow(
                () -> new UserError("this results service cannot list data sets; update it"));
    if (json) {
      out.println(found.toPrettyString());
      return 0;
    }
    var table = new TextTable("data set", "kind", "samples", "classes or columns", "problem");
    for (JsonNode dataset : found) {
      table.row(
          Results.datasetName(dataset),
          dataset.path("kind").asText("–"),
          dataset.path("samples").asText("–"),
          names(dataset.hasNonNull("classes") ? dataset.get("classes") : dataset.path("columns")),
          problem(dataset));
    }
    out.print(table);
    return 0;
  }

  private static String names(JsonNode list) {
    var names = new ArrayList<String>();
    list.forEach(name -> names.add(name.asText()));
    return names.size() <= MAX_NAMES
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MAX_NAMES)) + ", … (" + names.size() + ")";
  }

  /** Why it cannot be opened, or how it differs between augmentation services. */
  private static String problem(JsonNode dataset) {
    var problems = new ArrayList<String>();
    if (dataset.hasNonNull("problem")) {
      problems.add(dataset.get("problem").asText());
    }
    JsonNode differences = dataset.path("differences");
    for (JsonNode difference : differences.isArray() ? differences : List.<JsonNode>of()) {
      problems.add(difference.isTextual() ? difference.textValue() : difference.toString());
    }
    return String.join("; ", problems);
  }
}
