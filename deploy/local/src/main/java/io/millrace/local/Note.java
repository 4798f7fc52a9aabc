package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a note of a run or an experiment, or prints it. */
@Command(
    name = "note",
    description =
        "Write a note of a run, or of an experiment, in place of the one that there is; without a"
            + " text, print it.")
final class Note implements Callable<Integer> {
  /** More than a note may have, so that one that is too long is refused as such. */
  private static final int MOST_BYTES = 200_000;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "[RUN] [TEXT]",
      arity = "0..2",
      hideParamSyntax = true,
      description =
          "the run, unless --experiment is given; and the text, Markdown: '-' reads it from"
              + " standard input, '' removes the note")
  List<String> words = List.of();

  @Option(
      names = "--experiment",
      paramLabel = "NAME",
      description = "of this experiment in place of a run")
  String experiment;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() throws IOException {
    return run(new Results(elsewhere.addresses().results()), System.in, System.out);
  }

  int run(Results results, InputStream in, PrintStream out) throws IOException {
    int names = experiment == null ? 1 : 0;
    if (words.size() < names || words.size() > names + 1) {
      throw new ParameterException(
          spec.commandLine(), "give a run or --experiment NAME, and at most one text, in quotes");
    }
    String kind = experiment == null ? "run" : "experiment";
    String name = experiment == null ? words.get(0) : experiment;
    if (words.size() == names) {
      found(results, name)
          .map(one -> one.path("note").asText(""))
          .ifPresent(note -> print(note, out));
      return 0;
    }
    String given = words.get(names);
    String text =
        given.equals("-") ? new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8) : given;
    JsonNode written = results.write(kind, name, Json.MAPPER.createObjectNode().put("note", text));
    out.println(name + (written.has("note") ? " has a note" : " has no note"));
    return 0;
  }

  private Optional<JsonNode> found(Results results, String name) {
    Optional<JsonNode> found = experiment == null ? results.run(name) : results.experiment(name);
    if (found.isEmpty()) {
      throw new UserError("there is no " + (experiment == null ? "run " : "experiment ") + name);
    }
    return found;
  }

  private static void print(String note, PrintStream out) {
    if (!note.isEmpty()) {
      out.println(note);
    }
  }
}
