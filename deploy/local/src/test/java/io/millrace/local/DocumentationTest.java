package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the form of the documentation: lines are short, links lead to existing files and headings,
 * and long pages have a table of contents.
 */
class DocumentationTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final int MAX_LINE = 120;

  /** About two screens. */
  private static final int LONG_PAGE = 130;

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern NAMED_ANCHOR = Pattern.compile("<a id=\"([^\"]+)\">");

  static Stream<Path> pages() throws IOException {
    return DocumentedBlock.pages(ROOT).stream().map(ROOT::resolve);
  }

  private static String prose(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).replaceAll("");
  }

  /** The anchors of a page: the named ones, and those of its headings. */
  private static Set<String> anchors(Path page) throws IOException {
    var anchors = new HashSet<String>();
    String text = prose(page);
    NAMED_ANCHOR.matcher(text).results().forEach(named -> anchors.add(named.group(1)));
    HEADING
        .matcher(text)
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .forEach(anchors::add);
    return anchors;
  }

  private static List<String> links(Path page) throws IOException {
    return LINK.matcher(CODE.matcher(prose(page)).replaceAll(""))
        .results()
        .map(link -> link.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void noLineIsTooLong(Path page) throws IOException {
    assertThat(Files.readAllLines(page))
        .filteredOn(line -> !line.startsWith("|"))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(MAX_LINE));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyRelativeLinkLeadsToAnExistingFileAndHeading(Path page) throws IOException {
    var broken = new ArrayList<String>();
    for (String link : links(page)) {
      if (link.contains("://") || link.startsWith("mailto:")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
      boolean exists =
          Files.exists(target)
              && (parts.length == 1
                  || !target.toString().endsWith(".md")
                  || anchors(target).contains(parts[1]));
      if (!exists) {
        broken.add(link);
      }
    }
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aLongPageHasATableOfContents(Path page) throws IOException {
    if (Files.readAllLines(page).size() > LONG_PAGE && !page.endsWith("configuration.md")) {
      assertThat(links(page).stream().filter(link -> link.startsWith("#")).count())
          .as("links to its own headings")
          .isGreaterThanOrEqualTo(4);
    }
  }
}
