package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NotesTest {
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
  void theNoteCommandSavesTextFromItsArgumentsOrStandardInput() throws IOException {
    service
        .on("PATCH /runs/a", 200, "{\"run\": \"a\", \"note\": \"warm\", \"tags\": []}")
        .on("PATCH /experiments/shoes", 200, "{\"experiment\": \"shoes\"}");

    assertThat(note("", "a", "warm *night*")).isZero();
    assertThat(note("# Größe\n", "a", "-")).isZero();
    assertThat(note("", "--experiment=shoes", "")).isZero();

    assertThat(service.bodies())
        .containsExactly(
            "{\"note\":\"warm *night*\"}", "{\"note\":\"# Größe\\n\"}", "{\"note\":\"\"}");
    assertThat(out.lines())
        .containsExactly("a: note saved", "a: note saved", "shoes: note removed");
  }

  @Test
  void theNoteCommandPrintsTheNoteIfNoTextIsGiven() throws IOException {
    service
        .on("GET /runs/a", 200, "{\"run\": \"a\", \"note\": \"one\\ntwo\"}")
        .on("GET /experiments/shoes", 200, "{\"experiment\": \"shoes\"}");

    assertThat(note("", "a")).isZero();
    assertThat(note("", "--experiment=shoes")).isZero();

    assertThat(out.lines()).containsExactly("one", "two");
  }

  @Test
  void wrongArgumentsUnknownRunsAndRunsOfOthersAreRefused() {
    service.on("PATCH /runs/a", 403, "{\"detail\": \"the run 'a' belongs to 'ada'\"}");

    assertThatThrownBy(() -> note("", "a", "mine"))
        .isInstanceOf(UserError.class)
        .hasMessage("the run 'a' belongs to 'ada'");
    assertThatThrownBy(() -> note("", "b"))
        .isInstanceOf(UserError.class)
        .hasMessage("run 'b' does not exist");
    for (String[] words : new String[][] {{}, {"--experiment=shoes", "two", "words"}}) {
      assertThatThrownBy(() -> note("", words))
          .isInstanceOf(CommandLine.ParameterException.class)
          .hasMessageStartingWith("give a run or --experiment NAME");
    }
  }

  @Test
  void tagsAreAddedAndRemoved() {
    service
        .on("GET /runs/a", 200, "{\"tags\": [\"hat\", \"night\"]}")
        .on("PATCH /runs/a", 200, "{\"tags\": [\"night\", \"v2\"]}");

    assertThat(tag("a", "+v2", "-hat", "+night")).isZero();
    assertThat(tag("a")).isZero();

    assertThat(service.bodies()).containsExactly("{\"tags\":[\"night\",\"v2\"]}");
    assertThat(out.lines()).containsExactly("night", "v2", "hat", "night");
    assertThatThrownBy(() -> tag("a", "-day"))
        .isInstanceOf(UserError.class)
        .hasMessage("-day: run 'a' does not have this tag");
    assertThatThrownBy(() -> tag("a", "day"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessage("day: a change begins with + or -; give +day or -day");
    assertThatThrownBy(() -> tag("b", "+day")).hasMessage("run 'b' does not exist");
  }

  private int note(String input, String... arguments) throws IOException {
    var note = new Note();
    new CommandLine(note).parseArgs(arguments);
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    return note.run(service.results(), in, out.stream());
  }

  private int tag(String... arguments) {
    CommandLine commands = Millrace.commands();
    CommandLine tag = commands.getSubcommands().get("tag");
    commands.parseArgs(
        Stream.concat(Stream.of("tag"), Stream.of(arguments)).toArray(String[]::new));
    return ((Tag) tag.getCommand()).run(service.results(), out.stream());
  }
}
