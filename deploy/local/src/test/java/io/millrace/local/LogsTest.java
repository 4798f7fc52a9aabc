package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LogsTest {
  @TempDir Path folder;

  private final Printed out = new Printed();
  private Home home;

  @BeforeEach
  void logs() throws Exception {
    home = new Home(folder);
    home.create();
    Files.writeString(home.log("results-1"), "one\ntwo\nthree\n");
    Files.writeString(home.log("trainer-1"), "first\n");
    Files.writeString(home.log("trainer-2"), "second\n");
  }

  @Test
  void theLastLinesOfAServiceArePrinted() throws Exception {
    assertThat(parsed("results", "--lines=2").run(home, out.stream())).isZero();
    assertThat(parsed("trainer-2").run(home, out.stream())).isZero();
    assertThat(out.lines()).containsExactly("two", "three", "second");
  }

  @Test
  void aLogWithInvalidUtf8IsPrinted() throws Exception {
    Files.write(home.log("results-1"), new byte[] {'a', (byte) 0xE4, '\n', 'b', '\n'});
    assertThat(parsed("results").run(home, out.stream())).isZero();
    assertThat(out.lines()).hasSize(2).endsWith("b");
  }

  @Test
  void anUnknownOrAmbiguousServiceIsRefusedAndTheChoicesAreListed() {
    assertThatThrownBy(() -> parsed("tariner").run(home, out.stream()))
        .isInstanceOf(UserError.class)
        .hasMessage("SERVICE: 'tariner' has no log; give one of results-1, trainer-1, trainer-2");
    assertThatThrownBy(() -> parsed("trainer").run(home, out.stream()))
        .hasMessage("SERVICE: 'trainer' has several logs; give one of trainer-1, trainer-2");
    assertThatThrownBy(() -> parsed("trainer").run(new Home(folder.resolve("no")), out.stream()))
        .hasMessageEndingWith("start the stack: deploy/millrace up");
  }

  @Test
  void followingPrintsNewLines() throws Exception {
    var follower =
        new Thread(
            () -> {
              try {
                parsed("results", "-f", "-n1").run(home, out.stream());
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    follower.start();
    await().until(() -> out.lines().contains("three"));
    Files.writeString(home.log("results-1"), "four\n", StandardOpenOption.APPEND);
    await().until(() -> out.lines().contains("four"));
    follower.interrupt();
    follower.join();
    assertThat(out.lines()).containsExactly("three", "four");
  }

  private static Logs parsed(String... arguments) {
    var command = new Logs();
    new CommandLine(command).parseArgs(arguments);
    return command;
  }
}
