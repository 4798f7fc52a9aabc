package io.millrace.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds replicates to an experiment: runs its variants with the next seeds. */
@Command(
    name = "more",
    description = "Run an experiment's variants with further seeds, and print the new runs.")
final class More implements Callable<Integer> {
  @Parameters(paramLabel = "EXPERIMENT", description = "the experiment")
  String experiment;

  @Option(names = "--variant", paramLabel = "NAME", description = "only this variant")
  String variant;

  @Option(
      names = "--seeds",
      paramLabel = "1..50",
      description = "number of seeds for each variant; default 1")
  int seeds = 1;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out);
  }

  int run(Results results, PrintStream out) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("seeds", seeds);
    if (variant != null) {
      body.put("variant", variant);
    }
    results.more(experiment, body).path("runs").forEach(run -> out.println(run.asText()));
    return 0;
  }
}
