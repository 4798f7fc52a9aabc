package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
  @Test
  void aUsersTextStaysOnOneLineAndMovesNoTerminal() {
    assertThat(LogText.of("a\n12:00 INFO forged\r\u001b[2Jb\u202ec\u2028d é 漢"))
        .isEqualTo("a\\u000a12:00 INFO forged\\u000d\\u001b[2Jb\\u202ec\\u2028d é 漢");
    assertThat(LogText.of(null)).isEqualTo("null");
  }
}
