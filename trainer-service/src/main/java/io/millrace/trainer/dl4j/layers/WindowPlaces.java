package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Axis;
import java.nio.FloatBuffer;

/**
 * A plane in an order in which the values under one tap (a position of the window) are adjacent for
 * all windows: padded with zeros, with every {@code stride}-th row and column grouped together.
 * Window {@code (r, c)} is number {@code r · width + c}; after the last window of a row there are
 * unused numbers, whose values are ignored.
 */
final class WindowPlaces {
  private final Axis rows;
  private final Axis columns;

  /** The number of rows and columns in a group of every stride-th. */
  private final int height;

  private final int width;
  private final int[] taps;

  WindowPlaces(Axis rows, Axis columns) {
    this.rows = rows;
    this.columns = columns;
    this.height = size(rows);
    this.width = size(columns);
    this.taps = new int[rows.window() * columns.window()];
    for (int tap = 0; tap < taps.length; tap++) {
      int y = tap / columns.window() * rows.dilation();
      int x = tap % columns.window() * columns.dilation();
      taps[tap] = row(y) + column(x);
    }
  }

  private static int size(Axis axis) {
    int windows = (axis.output() - 1) * axis.stride() + (axis.window() - 1) * axis.dilation() + 1;
    int all = Math.max(windows, axis.before() + axis.input());
    return (all + axis.stride() - 1) / axis.stride();
  }

  private int row(int y) {
    return (y % rows.stride() * columns.stride() * height + y / rows.stride()) * width;
  }

  private int column(int x) {
    return x % columns.stride() * height * width + x / columns.stride();
  }

  int taps() {
    return taps.length;
  }

  /** The index of the value under a tap of window 0; the next windows' values follow it. */
  int at(int tap) {
    return taps[tap];
  }

  /** The number of values in a plane of inputs, including zeros. */
  int values() {
    return rows.stride() * columns.stride() * height * width;
  }

  /** The number of window numbers, including unused ones. */
  int windows() {
    return (rows.output() - 1) * width + columns.output();
  }

  /** A buffer for a plane in array order, for the methods below. */
  float[] line() {
    return new float[Math.max(inputs(), outputs())];
  }

  private int inputs() {
    return rows.input() * columns.input();
  }

  private int outputs() {
    return rows.output() * columns.output();
  }

  /** Copies a plane into this order; zeros are not written. */
  void readInput(FloatBuffer from, int plane, float[] line, float[] values) {
    from.get(plane * inputs(), line, 0, inputs());
    for (int y = 0; y < rows.input(); y++) {
      int to = row(y + rows.before());
      int start = y * columns.input();
      if (columns.stride() == 1) {
        System.arraycopy(line, start, values, to + columns.before(), columns.input());
      } else {
        for (int x = 0; x < columns.input(); x++) {
          values[to + column(x + columns.before())] = line[start + x];
        }
      }
    }
  }

  /** Copies a plane out of this order. */
  void writeInput(float[] values, float[] line, FloatBuffer to, int plane) {
    for (int y = 0; y < rows.input(); y++) {
      int from = row(y + rows.before());
      int start = y * columns.input();
      if (columns.stride() == 1) {
        System.arraycopy(values, from + columns.before(), line, start, columns.input());
      } else {
        for (int x = 0; x < columns.input(); x++) {
          line[start + x] = values[from + column(x + columns.before())];
        }
      }
    }
    to.put(plane * inputs(), line, 0, inputs());
  }

  /** Copies each window's value; unused numbers are not written. */
  void readOutput(FloatBuffer from, int plane, float[] line, float[] windows) {
    from.get(plane * outputs(), line, 0, outputs());
    for (int r = 0; r < rows.output(); r++) {
      System.arraycopy(line, r * columns.output(), windows, r * width, columns.output());
    }
  }

  /** Copies the windows' values out. */
  void writeOutput(float[] windows, float[] line, FloatBuffer to, int plane) {
    for (int r = 0; r < rows.output(); r++) {
      System.arraycopy(windows, r * width, line, r * columns.output(), columns.output());
    }
    to.put(plane * outputs(), line, 0, outputs());
  }
}
