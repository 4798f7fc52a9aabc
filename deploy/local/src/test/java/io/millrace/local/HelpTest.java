package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.AutoComplete;
import picocli.CommandLine;

class HelpTest {
  static Stream<String> commands() {
    return Millrace.commands().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String name) {
    for (String[] arguments : new String[][] {{name, "--help"}, {"help", name}, {name, "-h"}}) {
      var out = new StringWriter();
      CommandLine commands = Millrace.commands().setOut(new PrintWriter(out));
      assertThat(commands.execute(arguments)).as(name).isZero();
      assertThat(out.toString())
          .contains("Usage: millrace ")
          .contains(commands.getSubcommands().get(name).getHelp().description().strip());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void shellCompletionIncludesEveryCommand(String name) {
    assertThat(AutoComplete.bash("millrace", Millrace.commands()))
        .containsPattern("local commands=\"(.* )?" + name + "[ \"]");
  }
}
