package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.local.ShellScript.Command;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShellScriptTest {
  @Test
  void wordsAreSplitAndQuotesRemoved() {
    assertThat(words("a 'b c' \"d $e\"f \\\n  g  # comment\nh; i | j && k &"))
        .containsExactly(
            List.of("a", "b c", "d $ef", "g"),
            List.of("h"),
            List.of("i"),
            List.of("j"),
            List.of("k"));
  }

  @Test
  void variableAssignmentsAreParsedWithOrWithoutACommand() {
    List<Command> commands = ShellScript.commands("A=1 b=2 c D=3\nexport E=\"4 5\"\nF=6");

    assertThat(commands)
        .extracting(Command::variables)
        .containsExactly(Map.of("A", "1", "b", "2"), Map.of("E", "4 5"), Map.of("F", "6"));
    assertThat(commands.get(0).words()).containsExactly("c", "D=3");
  }

  @Test
  void aHereDocumentBecomesTheInputOfItsCommand() {
    Command command = ShellScript.commands("cat > f.json <<'JSON'\n{\"a\": 1}\nJSON\nb").get(0);

    assertThat(command.words()).containsExactly("cat");
    assertThat(command.input()).contains("{\"a\": 1}\n");
    assertThat(command.output()).contains("f.json");
  }

  @Test
  void commandsInsideSubstitutionsAreParsed() {
    assertThat(words("source <(a b)\nc=\"$(d | e)\" f $(g)"))
        .containsExactly(
            List.of("a", "b"),
            List.of("source", "<(a b)"),
            List.of("d"),
            List.of("e"),
            List.of("g"),
            List.of("f", "$(g)"));
  }

  @Test
  void anUnclosedQuoteOrSubstitutionIsAnError() {
    assertThatThrownBy(() -> ShellScript.commands("a 'b")).hasMessageContaining("not closed");
    assertThatThrownBy(() -> ShellScript.commands("a \"b")).hasMessageContaining("not closed");
    assertThatThrownBy(() -> ShellScript.commands("a $(b")).hasMessageContaining("not closed");
  }

  private static List<List<String>> words(String script) {
    return ShellScript.commands(script).stream().map(Command::words).toList();
  }
}
