package io.millrace.augmentation.preview;

/** The positions of images of one size in a picture, in rows and columns. */
sealed interface PictureLayout permits SheetLayout, StripLayout {
  /** Of an image, in pixels. */
  int height();

  /** Of an image, in pixels. */
  int width();

  /** The factor by which an image is enlarged in each direction. */
  int factor();

  /** Of the picture, in pixels. */
  int sheetHeight();

  /** Of the picture, in pixels. */
  int sheetWidth();

  /** The first pixel row of a row of images. */
  int top(int row);

  /** The first pixel column of a column of images. */
  int left(int column);
}
