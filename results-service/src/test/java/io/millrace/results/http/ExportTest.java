package io.millrace.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExportTest {
  @Test
  void textThatLooksLikeAFormulaIsEscaped() {
    assertThat(Export.cell("=HYPERLINK(\"http://x\", 1)"))
        .isEqualTo("\"'=HYPERLINK(\"\"http://x\"\", 1)\"");
    for (String formula : List.of("+1", "-1", "@SUM(A1)", "\tx")) {
      assertThat(Export.cell(formula)).isEqualTo("'" + formula);
    }
    assertThat(Export.cell("\rx")).isEqualTo("\"'\rx\"");
  }

  @Test
  void numbersAndPlainTextAreNotEscapedAsFormulas() {
    assertThat(Export.cell(-0.5)).isEqualTo("-0.5");
    assertThat(Export.cell(null)).isEmpty();
    assertThat(Export.cell("a \"b\", c")).isEqualTo("\"a \"\"b\"\", c\"");
    assertThat(Export.cell(List.of("night", "gpu"))).isEqualTo("night gpu");
  }
}
