package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes the tags of a run, or prints them. */
@Command(
    name = "tag",
    preprocessor = Tag.Removals.class,
    description = "Change the tags of a run, by which lists find it, and print them.")
final class Tag implements Callable<Integer> {
  /** What no tag begins with. */
  private static final String REMOVAL = "~";

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "RUN")
  String run;

  @Parameters(
      index = "1..*",
      paramLabel = "+TAG|-TAG",
      description = "+TAG adds a tag, -TAG takes one away; without any they are printed")
  List<String> changes = List.of();

  @Mixin Millrace.Elsewhere elsewhere;

  /**
   * Writes {@code -TAG} in a way that is not taken for options: {@code -hat} would be {@code -h}
   * and more.
   */
  static final class Removals implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> arguments, CommandSpec command, ArgSpec argument, Map<String, Object> info) {
      arguments.replaceAll(
          word ->
              word.matches("-[^-].*") && !command.optionsMap().containsKey(word)
                  ? REMOVAL + word.substring(1)
                  : word);
      return false;
    }
  }

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out);
  }

  int run(Results results, PrintStream out) {
    JsonNode tags =
        results.run(run).orElseThrow(() -> new UserError("there is no run " + run)).path("tags");
    if (!changes.isEmpty()) {
      ObjectNode wanted = Json.MAPPER.createObjectNode();
      changed(tags).forEach(wanted.putArray("tags")::add);
      tags = results.write("run", run, wanted).path("tags");
    }
    tags.forEach(tag -> out.println(tag.asText()));
    return 0;
  }

  private LinkedHashSet<String> changed(JsonNode before) {
    var tags = new LinkedHashSet<String>();
    before.forEach(tag -> tags.add(tag.asText()));
    for (String change : changes) {
      String tag = change.substring(Math.min(1, change.length()));
      if (change.startsWith("+")) {
        tags.add(tag);
      } else if (!change.startsWith(REMOVAL)) {
        throw new ParameterException(
            spec.commandLine(), change + ": give +" + change + " or -" + change);
      } else if (!tags.remove(tag)) {
        throw new UserError("the run " + run + " has no tag " + tag);
      }
    }
    return tags;
  }
}
