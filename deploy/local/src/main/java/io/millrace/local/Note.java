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

/** Writes or prints the note of a run or an experiment. */
@Command(
    name = "note",
    description =
        "Write the note of a run or an experiment, replacing the previous one. Without a text, print"
            + " the note.")
final class Note implements Callable<Integer> {
  /** More than a note may have, so that the results service reports a note that is too long. */
  private static final int MAX_BYTES = 200_000;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "[RUN] [TEXT]",
      arity = "0..2",
      hideParamSyntax = true,
      description =
          "the run, unless --experiment is given, and the text in Markdown: '-' reads it from"
              + " standard input, '' removes the note")
  List<String> words = List.of();

  @Option(
      names = "--experiment",
      paramLabel = "NAME",
      description = "the note of this experiment, instead of a run's")
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
          .map(details -> details.path("note").asText(""))
          .ifPresent(note -> print(note, out));
      return 0;
    }
    String given = words.get(names);
    String text =
        given.equals("-") ? new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8) : given;
    JsonNode written = results.write(kind, name, Json.MAPPER.createObjectNode().put("note", text));
    out.println(name + (written.has("note") ? ": note saved" : ": note removed"));
    return 0;
  }

  private Optional<JsonNode> found(Results results, String name) {
    Optional<JsonNode> found = experiment == null ? results.run(name) : results.experiment(name);
    if (found.isEmpty()) {
      throw Results.unknown(experiment == null ? "run" : "experiment", name);
    }
    return found;
  }

  private static void print(String note, PrintStream out) {
    if (!note.isEmpty()) {
      out.println(note);
    }
  }
}
