package io.millrace.contracts.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitialWeightsTest {
  @Test
  void initialWeightsComeFromARunOrAFile() {
    assertThat(new InitialWeights("run-1", null, List.of("dense")).skips("dense")).isTrue();
    assertThat(new InitialWeights(null, "a/b-1.0.safetensors", null).skips("dense")).isFalse();
    assertThatThrownBy(() -> new InitialWeights(null, null, null))
        .hasMessage("run: is required, or file instead; give the run whose weights are used");
    assertThatThrownBy(() -> new InitialWeights("run-1", "a.safetensors", null))
        .hasMessage("file: cannot be combined with run; give one of the two");
    assertThatThrownBy(() -> new InitialWeights("run-1", null, List.of("a", "a")))
        .hasMessage("skip[1]: 'a' is given twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.h5",
        "/a.safetensors",
        "../a.safetensors",
        "a/../b.safetensors",
        "a//b.safetensors",
        "a b.safetensors"
      })
  void anInvalidFilePathIsRefused(String file) {
    assertThatThrownBy(() -> new InitialWeights(null, file, null)).hasMessageStartingWith("file: ");
  }
}
