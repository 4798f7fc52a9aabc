package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
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

/** Adds and removes tags of a run, and prints its tags. */
@Command(
    name = "tag",
    preprocessor = Tag.Removals.class,
    description = "Add or remove tags of a run, and print its tags. Lists can be filtered by tag.")
final class Tag implements Callable<Integer> {
  /** Marks a tag to remove; no tag begins with it. */
  private static final String REMOVAL = "~";

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "the run")
  String run;

  @Parameters(
      index = "1..*",
      paramLabel = "+TAG|-TAG",
      description = "+TAG adds a tag, -TAG removes one; without any, the tags are only printed")
  List<String> changes = List.of();

  @Mixin Millrace.Elsewhere elsewhere;

  /**
   * Rewrites {@code -TAG} so that picocli does not parse it as options: {@code -hat} would be
   * {@code -h} and others.
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
    JsonNode tags = results.run(run).orElseThrow(() -> Results.unknown("run", run)).path("tags");
    if (!changes.isEmpty()) {
      ObjectNode fields = Json.MAPPER.createObjectNode();
      changed(tags).forEach(fields.putArray("tags")::add);
      tags = results.write("run", run, fields).path("tags");
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
            spec.commandLine(),
            change + ": a change begins with + or -; give +" + change + " or -" + change);
      } else if (!tags.remove(tag)) {
        throw new UserError("-" + tag + ": run " + Check.quote(run) + " does not have this tag");
      }
    }
    return tags;
  }
}
