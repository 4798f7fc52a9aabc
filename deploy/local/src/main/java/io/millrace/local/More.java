package io.millrace.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the variants of an experiment again, with the next seeds. */
@Command(
    name = "more",
    description = "Run further seeds of an experiment's variants, and print the runs.")
final class More implements Callable<Integer> {
  @Parameters(paramLabel = "EXPERIMENT")
  String experiment;

  @Option(names = "--variant", paramLabel = "NAME", description = "only of this variant")
  String variant;

  @Option(names = "--seeds", paramLabel = "1..50", description = "how many of each; first 1")
  int seeds = 1;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out);
  }

  int run(Results results, PrintStream out) {
    ObjectNode asked = Json.MAPPER.createObjectNode().put("seeds", seeds);
    if (variant != null) {
      asked.put("variant", variant);
    }
    results.more(experiment, asked).path("runs").forEach(run -> out.println(run.asText()));
    return 0;
  }
}
