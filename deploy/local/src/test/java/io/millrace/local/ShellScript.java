package io.millrace.local;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Splits a shell script into its commands. Parses the part of the language that the documentation
 * uses: quotes, comments, pipes, redirections, here-documents and command substitutions, but no
 * control structures.
 */
final class ShellScript {
  /**
   * A simple command.
   *
   * @param variables variables that are set before the command or on their own
   * @param words the command and its arguments, without quotes
   * @param input text of its here-document
   * @param output file that its output is redirected to
   */
  record Command(
      Map<String, String> variables,
      List<String> words,
      Optional<String> input,
      Optional<String> output) {}

  private final String text;
  private int at;

  private final List<Command> commands = new ArrayList<>();
  private Map<String, String> variables = new LinkedHashMap<>();
  private List<String> words = new ArrayList<>();
  private Optional<String> input = Optional.empty();
  private Optional<String> output = Optional.empty();
  private Optional<String> delimiter = Optional.empty();

  private ShellScript(String text) {
    this.text = text;
  }

  /**
   * The commands of a script, including those of substitutions.
   *
   * @throws IllegalArgumentException if a quote or a substitution is not closed
   */
  static List<Command> commands(String text) {
    var script = new ShellScript(text);
    script.parse();
    return script.commands;
  }

  private void parse() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        at++;
        readHereDocument();
        end();
      } else if (text.startsWith("\\\n", at)) {
        at += 2;
      } else if (c == ' ' || c == '\t') {
        at++;
      } else if (c == '#') {
        at = endOfLine();
      } else if (c == ';' || c == '|' || c == '&') {
        at++;
        end();
      } else if (text.startsWith("<(", at) || !isRedirection()) {
        add(word());
      } else {
        redirect();
      }
    }
    end();
  }

  private void add(String word) {
    int equals = word.indexOf('=');
    boolean isAssignment = equals > 0 && word.substring(0, equals).matches("[A-Za-z_]\\w*");
    boolean isExport = words.size() == 1 && words.get(0).equals("export");
    if (isAssignment && (words.isEmpty() || isExport)) {
      variables.put(word.substring(0, equals), word.substring(equals + 1));
    } else {
      words.add(word);
    }
  }

  private boolean isRedirection() {
    int end = at;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end < text.length() && (text.charAt(end) == '<' || text.charAt(end) == '>');
  }

  private void redirect() {
    while (Character.isDigit(text.charAt(at))) {
      at++;
    }
    int start = at;
    while (at < text.length() && "<>&".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String operator = text.substring(start, at);
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    String target = word();
    if (operator.equals("<<")) {
      delimiter = Optional.of(target);
    } else if (operator.startsWith(">")) {
      output = Optional.of(target);
    }
  }

  private void readHereDocument() {
    if (delimiter.isPresent()) {
      var document = new StringBuilder();
      while (at < text.length()) {
        String line = text.substring(at, endOfLine());
        at = Math.min(text.length(), endOfLine() + 1);
        if (line.equals(delimiter.get())) {
          break;
        }
        document.append(line).append('\n');
      }
      input = Optional.of(document.toString());
      delimiter = Optional.empty();
    }
  }

  private int endOfLine() {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end;
  }

  private String word() {
    var word = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("\\\n", at) || " \t\n;|&".indexOf(c) >= 0) {
        break;
      } else if (text.startsWith("$(", at) || text.startsWith("<(", at)) {
        word.append(substitution());
      } else if (c == '<' || c == '>') {
        break;
      } else if (c == '\'') {
        int end = closing('\'');
        word.append(text, at + 1, end);
        at = end + 1;
      } else if (c == '"') {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
          if (text.startsWith("$(", at)) {
            word.append(substitution());
          } else {
            at += text.charAt(at) == '\\' && at + 1 < text.length() ? 1 : 0;
            word.append(text.charAt(at++));
          }
        }
        if (at++ >= text.length()) {
          throw new IllegalArgumentException("a quote is not closed: " + text);
        }
      } else {
        at += c == '\\' && at + 1 < text.length() ? 1 : 0;
        word.append(text.charAt(at++));
      }
    }
    return word.toString();
  }

  private int closing(char quote) {
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw new IllegalArgumentException("a quote is not closed: " + text.substring(at));
    }
    return end;
  }

  /** Adds the commands of {@code $(…)} or {@code <(…)}, and returns its text. */
  private String substitution() {
    int start = at;
    int depth = 0;
    do {
      if (at >= text.length()) {
        throw new IllegalArgumentException("a bracket is not closed: " + text.substring(start));
      }
      char c = text.charAt(at);
      if (c == '\'') {
        at = closing('\'');
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      at++;
    } while (depth > 0 || at == start + 1);
    commands.addAll(commands(text.substring(start + 2, at - 1)));
    return text.substring(start, at);
  }

  private void end() {
    if (!words.isEmpty() || !variables.isEmpty()) {
      commands.add(new Command(variables, words, input, output));
    }
    variables = new LinkedHashMap<>();
    words = new ArrayList<>();
    input = Optional.empty();
    output = Optional.empty();
  }
}
