package io.millrace.augmentation.preview;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/**
 * Images side by side in one row of equal cells without gaps, so that a page can cut them out.
 *
 * @param images the number of images
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 */
record StripLayout(int images, int height, int width) implements PictureLayout {
  /**
   * The maximum number of pixels of a strip; with three bytes each, it stays below 8 MiB even
   * without compression.
   */
  static final long MOST_PIXELS = 2_500_000;

  /** Narrower images are enlarged by the smallest whole factor that reaches this width. */
  private static final int COMFORTABLE_WIDTH = 56;

  /** Refuses a strip that is too large. */
  StripLayout {
    long factor = factor(width);
    long pixels = factor * factor * height * width;
    if (pixels * images > MOST_PIXELS) {
      String size = height + "×" + width;
      if (pixels > MOST_PIXELS) {
        throw new InvalidMessageException(
            "dataset.image_size",
            "an image of "
                + size
                + " takes "
                + pixels
                + " pixels in the picture, but at most "
                + MOST_PIXELS
                + " are allowed; give a smaller size");
      }
      throw new InvalidMessageException(
          "indices",
          Check.count(images, "image")
              + " of "
              + size
              + " are too many for one picture; give at most "
              + MOST_PIXELS / pixels);
    }
  }

  private static int factor(int width) {
    return (COMFORTABLE_WIDTH + width - 1) / width;
  }

  @Override
  public int factor() {
    return factor(width);
  }

  @Override
  public int sheetHeight() {
    return height * factor();
  }

  @Override
  public int sheetWidth() {
    return left(images);
  }

  @Override
  public int top(int row) {
    return row * sheetHeight();
  }

  @Override
  public int left(int column) {
    return column * width * factor();
  }
}
