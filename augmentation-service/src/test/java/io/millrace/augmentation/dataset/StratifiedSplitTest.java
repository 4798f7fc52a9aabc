package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StratifiedSplitTest {
  private static int[] tests(double fraction, int... sizes) {
    return StratifiedSplit.tests(sizes, fraction);
  }

  @Test
  void aClassOfAtLeastTwoImagesHasATestImage() {
    // 0.2 · 104 is 20.8, so 21 images: by largest remainder, 20, 0.4 and 0.4 give 20, 1 and 0.
    assertThat(StratifiedSplit.shares(new int[] {100, 2, 2}, 0.2)).containsExactly(20, 1, 0);
    assertThat(tests(0.2, 100, 2, 2)).containsExactly(20, 1, 1);
    assertThat(tests(0.01, 3, 1, 40)).containsExactly(1, 0, 1);
  }

  @Test
  void theOnlyImageOfAClassIsUsedForTraining() {
    StratifiedSplit split = StratifiedSplit.of(List.of("a", "b"), new int[] {1, 10}, 0.2, 0, 0);
    assertThat(split.test().get(0)).isEmpty();
    assertThat(split.train().get(0)).containsExactly(0);
  }

  @Property(tries = 200)
  void onlyClassesWithAShareOfZeroGetAnExtraTestImage(
      @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 60) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 99) int percent) {
    int[] counts = sizes.stream().mapToInt(size -> size).toArray();
    int[] shares = StratifiedSplit.shares(counts, percent / 100.0);
    int[] tests = StratifiedSplit.tests(counts, percent / 100.0);
    for (int i = 0; i < counts.length; i++) {
      assertThat(tests[i]).isEqualTo(shares[i] > 0 || counts[i] < 2 ? shares[i] : 1);
    }
    assertThat(Arrays.stream(tests).sum()).isGreaterThanOrEqualTo(Arrays.stream(shares).sum());
  }
}
