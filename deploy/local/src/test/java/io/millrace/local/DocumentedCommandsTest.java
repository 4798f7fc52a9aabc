package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the commands, variables and properties on all Markdown pages, as CONTRIBUTING.md
 * describes.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern COMMAND = Pattern.compile("(deploy/millrace|mvn) [^…<>\\[\\]|]+");
  private static final Pattern NAME =
      Pattern.compile("(MILLRACE_[A-Z0-9_]*[A-Z0-9]|millrace\\.[a-z0-9.-]*[a-z0-9])(=.*)?");

  private static Documented documented;

  @BeforeAll
  static void read() throws IOException {
    documented = new Documented(ROOT);
  }

  static Stream<DocumentedBlock> blocks() throws IOException {
    var blocks = new ArrayList<DocumentedBlock>();
    for (Path page : DocumentedBlock.pages(ROOT)) {
      blocks.addAll(DocumentedBlock.of(ROOT, page));
    }
    return blocks.stream();
  }

  static Stream<Path> pages() throws IOException {
    return DocumentedBlock.pages(ROOT).stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void theCommandsOfACodeBlockAreValid(DocumentedBlock block) {
    block.notRun().ifPresent(reason -> System.out.println(block + " is not checked: " + reason));
    assumeTrue(block.notRun().isEmpty(), () -> block + ": " + block.notRun().get());

    assertThat(DocumentedCommands.faults(ROOT, documented, block.text(), true))
        .as("%s%n%s", block, block.text())
        .isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void theCommandsAndNamesInInlineCodeExist(Path page) throws IOException {
    String text = FENCED.matcher(Files.readString(ROOT.resolve(page))).replaceAll("");
    var faults = new ArrayList<String>();
    CODE.matcher(text)
        .results()
        .map(code -> code.group(1).replaceAll("\\s+", " ").strip())
        .forEach(
            code -> {
              var name = NAME.matcher(code);
              if (COMMAND.matcher(code).matches()) {
                faults.addAll(DocumentedCommands.faults(ROOT, documented, code, false));
              } else if (name.matches() && !documented.hasName(name.group(1))) {
                faults.add(name.group(1) + " does not exist");
              }
            });

    assertThat(faults).as(page.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "deploy/millrace strat                            | Unmatched argument",
        "deploy/millrace up --traners 2                   | Unknown option",
        "deploy/millrace submit nothing.json              | no file nothing.json exists",
        "deploy/nothing                                   | no file deploy/nothing exists",
        "deploy/README.md                                 | is not executable",
        "mvn verify -Pnothing                             | -Pnothing does not exist",
        "mvn verify -pl nothing                           | -pl nothing does not exist",
        "mvn test -Dtest=NothingTest                      | -Dtest=NothingTest does not exist",
        "mvn nothing                                      | nothing does not exist",
        "curl -s http://127.0.0.1:8080/run                | no path /run exists on port 8080",
        "curl -s http://results/runs                      | is not on 127.0.0.1",
        "kubectl apply -k deploy/kubernetes               | kustomization.yaml exists",
        "java -jar target/quarkus-app/quarkus-run.jar     | is built",
        "MILLRACE_TRANER_DEVICE=cpu deploy/millrace up    | no variable MILLRACE_TRANER_DEVICE",
        "cd nothing                                       | no folder nothing exists",
        "kcat -P -t training-request                      | training-requests",
        "nothing                                          | no program nothing is known",
        "echo hello                                       | <!-- not run: REASON -->",
      })
  void aWrongCommandIsReportedWithItsFault(String command, String fault) {
    assertThat(DocumentedCommands.faults(ROOT, documented, command, true))
        .singleElement()
        .asString()
        .contains(fault);
  }

  @Test
  void anInvalidRequestInAHereDocumentIsReported() {
    String script = "cat > a.json <<'JSON'\n{\"epocs\": 1}\nJSON\ndeploy/millrace submit a.json\n";

    assertThat(DocumentedCommands.faults(ROOT, documented, script, true))
        .singleElement()
        .asString()
        .contains("a.json: ");
  }

  @Test
  void urlsWithPathParametersAndQueriesAreAccepted() {
    for (String url :
        List.of(
            "127.0.0.1:8080/runs/a/losses?from=3",
            "http://127.0.0.1:8080/ui/experiments/shoes",
            "http://localhost:8100/preview?run=a",
            "127.0.0.1:8200/q/health/ready")) {
      assertThat(DocumentedCommands.faults(ROOT, documented, "curl '" + url + "'", true)).isEmpty();
    }
  }
}
