package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The value 0 is in row 107 and the value 1 in row 4 if they are the smallest and the largest. */
class WindowPictureTest {
  private static final int INK = 0x20;
  private static final int PALE = 0xB8;

  private static final WindowPicture PICTURE = new WindowPicture(0, 1);

  /** The rows in which a column has a shade. */
  private static List<Integer> rows(byte[] pixels, int x, int shade) {
    var rows = new ArrayList<Integer>();
    for (int y = 0; y < WindowPicture.HEIGHT; y++) {
      if ((pixels[y * WindowPicture.WIDTH + x] & 0xFF) == shade) {
        rows.add(y);
      }
    }
    return rows;
  }

  @Test
  void theLineRisesFromTheSmallestToTheLargestValue() {
    byte[] pixels = PICTURE.of(new float[] {0, 1}, null);

    assertThat(rows(pixels, 0, INK)).containsExactly(107);
    assertThat(rows(pixels, 112, INK)).containsExactly(55, 56);
    assertThat(rows(pixels, 223, INK)).containsExactly(4);
  }

  @Test
  void noValueOfALongWindowIsLost() {
    float[] window = new float[1_000];
    window[501] = 1;

    byte[] pixels = PICTURE.of(window, null);

    // The picture has 224 columns for 999 steps, so step 501 is in the 113th column.
    assertThat(rows(pixels, 112, INK)).hasSize(104).startsWith(4).endsWith(107);
    assertThat(rows(pixels, 110, INK)).containsExactly(107);
  }

  @Test
  void aConstantWindowIsDrawnInTheMiddle() {
    var pictures = new WindowPicture(5, 5);

    assertThat(rows(pictures.of(new float[] {5, 5, 5}, null), 100, INK)).containsExactly(56);
    assertThat(rows(pictures.of(new float[] {5}, null), 223, INK)).containsExactly(56);
  }

  @Test
  void theOriginalIsDrawnPaleUnderItsVariant() {
    byte[] pixels = PICTURE.of(new float[] {0, 0}, new float[] {1, 1});

    assertThat(rows(pixels, 50, INK)).containsExactly(107);
    assertThat(rows(pixels, 50, PALE)).containsExactly(4);
  }
}
