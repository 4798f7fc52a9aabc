package io.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionTest {
  private static final List<String> KNOWN = List.of("variant", "state", "q", "tag");

  @Test
  void aNameAtMostTwoLettersAwayIsSuggested() {
    assertThat(Suggestion.of("varaint", KNOWN)).contains("; did you mean variant?");
    assertThat(Suggestion.nearest("STAT", KNOWN)).contains("state");
    assertThat(Suggestion.nearest("tags", KNOWN)).contains("tag");
  }

  @Test
  void aNameThatIsTooDifferentIsNotSuggested() {
    assertThat(Suggestion.of("x", KNOWN)).isEmpty();
    assertThat(Suggestion.of("vrnt", KNOWN)).isEmpty();
  }
}
