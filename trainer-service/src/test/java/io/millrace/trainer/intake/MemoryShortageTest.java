package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryShortageTest {

  @Test
  void errorsOfJavaAndOfNativeAllocatorsAreMemoryShortages() {
    assertThat(MemoryShortage.isBehind(new OutOfMemoryError("Java heap space"))).isTrue();
    assertThat(
            MemoryShortage.isBehind(
                new IllegalStateException(
                    new OutOfMemoryError(
                        "Cannot allocate new FloatPointer(9): totalBytes = 1, physicalBytes = 2"))))
        .isTrue();
    assertThat(MemoryShortage.isBehind(new RuntimeException("std::bad_alloc"))).isTrue();
    assertThat(
            MemoryShortage.isBehind(
                new IllegalStateException(new RuntimeException("[DEVICE] allocation failed; 2"))))
        .isTrue();
  }

  @Test
  void otherErrorsAreNotMemoryShortages() {
    assertThat(MemoryShortage.isBehind(new RuntimeException("shapes do not fit"))).isFalse();
    assertThat(MemoryShortage.isBehind(new IllegalStateException())).isFalse();
  }
}
