package io.millrace.augmentation.preview;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/**
 * The layout of a contact sheet: a row for each sample, with its original on the left, then its
 * variants.
 *
 * @param rows the number of samples
 * @param variants the number of variants of each sample
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 */
record SheetLayout(int rows, int variants, int height, int width) implements PictureLayout {
  /** The maximum number of pixels of a sheet. */
  static final long MOST_PIXELS = 16_000_000;

  /** Images are enlarged by a whole factor up to this length of their longer side. */
  private static final int COMFORTABLE_SIDE = 112;

  /** The gap between two images, in pixels. */
  private static final int GAP = 2;

  /** The gap between an original and its variants, in pixels. */
  private static final int WIDE_GAP = 6;

  /** Refuses a sheet that is too large, with the field that makes it smaller. */
  SheetLayout {
    long most = Math.max(height, width);
    long factor = Math.max(1, COMFORTABLE_SIDE / most);
    long pixels =
        (rows * (height * factor + GAP) - GAP)
            * (width * factor + WIDE_GAP + variants * (width * factor + GAP) - GAP);
    if (pixels > MOST_PIXELS) {
      String size = height + "×" + width;
      if (2L * height * width > MOST_PIXELS - WIDE_GAP * most) {
        throw new InvalidMessageException(
            "dataset.image_size",
            size + " is too large for a sheet of at most " + MOST_PIXELS + " pixels");
      }
      throw new InvalidMessageException(
          "variants",
          Check.count(rows, "sample")
              + " of "
              + size
              + " with "
              + Check.count(variants, "variant")
              + " each make a sheet of "
              + pixels
              + " pixels, but at most "
              + MOST_PIXELS
              + " are allowed; give fewer variants or samples, or a smaller dataset.image_size");
    }
  }

  @Override
  public int factor() {
    return Math.max(1, COMFORTABLE_SIDE / Math.max(height, width));
  }

  @Override
  public int sheetHeight() {
    return top(rows) - GAP;
  }

  @Override
  public int sheetWidth() {
    return left(variants + 1) - GAP;
  }

  /** The first pixel row of a sample's images. */
  @Override
  public int top(int row) {
    return row * (height * factor() + GAP);
  }

  /** The first pixel column of the originals (0) or of a variant (1 or more). */
  @Override
  public int left(int column) {
    return column * (width * factor() + GAP) + (column == 0 ? 0 : WIDE_GAP - GAP);
  }
}
