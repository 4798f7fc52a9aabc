package io.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckTest {
  @Test
  void lineBreaksAndControlCharactersInAUsersTextAreEscaped() {
    assertThat(Check.visible("a\n12:00 INFO forged\r\u001b[2Jb\u202ec\u2028d é 漢"))
        .isEqualTo("a\\n12:00 INFO forged\\u000d\\u001b[2Jb\\u202ec\\u2028d é 漢");
    assertThat(Check.quote("a\nb")).isEqualTo("'a\\nb'");
  }
}
