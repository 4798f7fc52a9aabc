package io.millrace.augmentation.preview;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/**
 * Images side by side in one row of equal cells, without a gap, so that a page can cut them out.
 *
 * @param images how many
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 */
record StripLayout(int images, int height, int width) implements PictureLayout {
  /** The most pixels of a strip: in three bytes each it stays below 8 MiB, however it is packed. */
  static final long MOST_PIXELS = 2_500_000;

  /** Images that are not so wide are enlarged by a whole factor until they are. */
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
                + " is shown with "
                + pixels
                + " pixels, and at most "
                + MOST_PIXELS
                + " are");
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
