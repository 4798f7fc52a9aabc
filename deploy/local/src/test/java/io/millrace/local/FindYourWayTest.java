package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that CONTRIBUTING.md names every module and every package, and no package that does not
 * exist.
 */
class FindYourWayTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final String SOURCES = "src/main/java";
  private static final Pattern ITEM = Pattern.compile("(?m)^- ((?:`[\\w.]+`(?:, )?)+):");
  private static final Pattern CODE = Pattern.compile("`([\\w.]+)`");

  private static String section;

  @BeforeAll
  static void read() throws IOException {
    section = Files.readString(ROOT.resolve("CONTRIBUTING.md")).split("## Find your way\n")[1];
    section = section.split("\n## ")[0];
  }

  static Stream<String> modules() throws IOException {
    return Pattern.compile("<module>(.+?)</module>")
        .matcher(Files.readString(ROOT.resolve("pom.xml")))
        .results()
        .map(module -> module.group(1))
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void theContributingPageListsExactlyThePackagesOfAModule(String module) throws IOException {
    var named = new TreeSet<String>();
    ITEM.matcher(part(module))
        .results()
        .flatMap(item -> CODE.matcher(item.group(1)).results())
        .forEach(name -> named.add(name.group(1)));

    assertThat(named).isEqualTo(packages(ROOT.resolve(module)));
  }

  /** The part of the section about a module. */
  private static String part(String module) {
    String heading = "\n### `" + module + "`\n";
    assertThat(section).contains(heading);
    return section.substring(section.indexOf(heading) + heading.length()).split("\n### ")[0];
  }

  /**
   * The packages of a module that contain Java files, without their common prefix; empty if there
   * is only one.
   */
  private static Set<String> packages(Path module) throws IOException {
    Path sources = module.resolve(SOURCES);
    if (!Files.isDirectory(sources)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.walk(sources)) {
      Set<String> packages =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .map(file -> sources.relativize(file.getParent()).toString().replace('/', '.'))
              .collect(Collectors.toCollection(TreeSet::new));
      return packages.size() == 1
          ? Set.of()
          : packages.stream()
              .map(name -> name.replaceFirst("^io\\.millrace\\.\\w+\\.?", ""))
              .filter(name -> !name.isEmpty())
              .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
