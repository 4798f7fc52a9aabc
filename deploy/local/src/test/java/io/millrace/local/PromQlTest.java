package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.local.PromQl.Condition;
import io.millrace.local.PromQl.Selector;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void selectorsAndGroupingsAreFoundAmongFunctionsRangesAndOperators() {
    PromQl query =
        PromQl.parse(
            "sum by (a, b) (rate(x_total{c=~\"d|e\", f!=\"g\"}[$__rate_interval])) / max(y) > 0.5"
                + " and z == 1e3");

    assertThat(query.groupings()).containsExactly("a", "b");
    assertThat(query.selectors())
        .containsExactly(
            new Selector(
                "x_total", Map.of("c", new Condition("=~", "d|e"), "f", new Condition("!=", "g"))),
            new Selector("y", Map.of()),
            new Selector("z", Map.of()));
  }

  @Test
  void anExpressionThatCannotBeParsedIsAnError() {
    assertThatThrownBy(() -> PromQl.parse("rate(x[5m]) ? 1")).hasMessageContaining("? 1");
  }
}
