package io.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A block of shell commands on a page of the documentation.
 *
 * @param page page, relative to the checkout
 * @param line number of its first line, from 1
 * @param text commands
 * @param notRun reason in a comment {@code <!-- not run: REASON -->} before the block
 */
record DocumentedBlock(Path page, int line, String text, Optional<String> notRun) {
  private static final Pattern NOT_RUN = Pattern.compile("\\s*<!-- not run: (.+) -->\\s*");
  private static final Pattern FENCE = Pattern.compile("(\\s*)```(\\w*)\\s*");
  private static final String INDENT = "    ";

  /** A block without a language is shell if it begins with a command or a variable. */
  private static final Pattern SHELL =
      Pattern.compile(
          "(\\$ )?([A-Z][A-Z0-9_]+=|(cd|curl|docker|export|java|kcat|kubectl|mvn|podman|prometheus"
              + "|promtool|python3?|token=\\S+) |[./\\w-]+/[\\w-]+ )[\\s\\S]*");

  /** The Markdown pages of a checkout. */
  static List<Path> pages(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(root::relativize)
          .filter(page -> page.toString().endsWith(".md"))
          .filter(page -> !page.toString().matches("(.*/)?(target|node_modules|\\.[^/]+)/.*"))
          .sorted()
          .toList();
    }
  }

  /**
   * The blocks of a page: those in a fence with {@code sh} or {@code bash}, and those without a
   * language that contain shell commands.
   */
  static List<DocumentedBlock> of(Path root, Path page) throws IOException {
    List<String> lines = Files.readAllLines(root.resolve(page));
    var blocks = new ArrayList<DocumentedBlock>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int end = i + 1;
        while (end < lines.size() && !FENCE.matcher(lines.get(end)).matches()) {
          end++;
        }
        String text = text(lines.subList(i + 1, end), fence.group(1));
        String language = fence.group(2);
        if (language.matches("sh|bash") || language.isEmpty() && SHELL.matcher(text).matches()) {
          blocks.add(new DocumentedBlock(page, i + 2, text, notRun(lines, i)));
        }
        i = end;
      } else if (lines.get(i).startsWith(INDENT)
          && (i == 0 || lines.get(i - 1).isBlank() || lines.get(i - 1).startsWith("#"))) {
        int end = i + 1;
        while (end < lines.size() && lines.get(end).startsWith(INDENT)) {
          end++;
        }
        String text = text(lines.subList(i, end), INDENT);
        if (SHELL.matcher(text).matches()) {
          blocks.add(new DocumentedBlock(page, i + 1, text, notRun(lines, i)));
        }
        i = end - 1;
      }
    }
    return blocks;
  }

  private static String text(List<String> lines, String indent) {
    var text = new StringBuilder();
    lines.forEach(
        line ->
            text.append(line.startsWith(indent) ? line.substring(indent.length()) : line)
                .append('\n'));
    return text.toString();
  }

  private static Optional<String> notRun(List<String> lines, int start) {
    int before = start - 1;
    while (before >= 0 && lines.get(before).isBlank()) {
      before--;
    }
    Matcher marker = NOT_RUN.matcher(before < 0 ? "" : lines.get(before));
    return marker.matches() ? Optional.of(marker.group(1)) : Optional.empty();
  }

  @Override
  public String toString() {
    return page + ":" + line;
  }
}
