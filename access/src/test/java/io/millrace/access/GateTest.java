package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/runs;a=b",
        "/runs;",
        ";",
        "/;/runs",
        "/runs;x/ID",
        "/runs%3ba=b",
        "/runs%3B",
        "/runs%253b",
        "/runs%25253B?a=b",
        "http://host/runs;a",
        "/runs%2fID",
        "/ui/assets/..%2F..%2Fruns",
        "/ui/assets/..%255c..%5Cruns",
        "/ui/assets\\..\\runs"
      })
  void ambiguousPathsAreDetectedHoweverTheyAreEncoded(String target) {
    assertThat(Gate.isAmbiguous(target)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/runs",
        "/runs?a=b;c",
        "/runs?where=a%3B",
        "/ui/login?from=%2Fui%2Fruns",
        "/runs/a%253",
        "*",
        ""
      })
  void plainPathsAndQueriesAreNotAmbiguous(String target) {
    assertThat(Gate.isAmbiguous(target)).isFalse();
  }
}
