package io.millrace.augmentation.preview;

/** Where images of one size stand on a picture, in rows and columns. */
sealed interface PictureLayout permits SheetLayout, StripLayout {
  /** Of an image, in pixels. */
  int height();

  /** Of an image, in pixels. */
  int width();

  /** How many times as high and wide an image is shown. */
  int factor();

  /** Of the picture, in pixels. */
  int sheetHeight();

  /** Of the picture, in pixels. */
  int sheetWidth();

  /** The first row of pixels of a row's images. */
  int top(int row);

  /** The first column of pixels of a column's images. */
  int left(int column);
}
