package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Images of one size, grouped into classes by their labels, with pixels from any source. */
final class LabelledArray implements ImageCollection {
  /** The maximum number of classes. */
  static final int LABELS = 1_000;

  private final Source pixels;
  private final ImageHeader header;
  private final List<String> classes;
  private final List<int[]> images;

  /** A source of pixels. */
  @FunctionalInterface
  interface Source {
    /** Reads an image by its index, {@code [height, width, channels]}. */
    byte[] read(int image) throws IOException;
  }

  /**
   * Creates a collection.
   *
   * @param header of every image
   * @param labels of the images, 0..999
   * @param names the class names by label; empty to use the labels as names
   */
  LabelledArray(Source pixels, ImageHeader header, int[] labels, List<String> names) {
    this.pixels = pixels;
    this.header = header;
    this.images = byLabel(labels);
    var named = new ArrayList<String>();
    for (int label = 0; label < images.size(); label++) {
      named.add(label < names.size() ? names.get(label) : Integer.toString(label));
    }
    this.classes = List.copyOf(named);
  }

  private static List<int[]> byLabel(int[] labels) {
    int[] counts = new int[LABELS];
    int most = 0;
    for (int label : labels) {
      counts[label]++;
      most = Math.max(most, label);
    }
    var images = new ArrayList<int[]>();
    for (int label = 0; label <= most; label++) {
      images.add(new int[counts[label]]);
    }
    int[] next = new int[LABELS];
    for (int image = 0; image < labels.length; image++) {
      images.get(labels[image])[next[labels[image]]++] = image;
    }
    return images;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public ImageClass open(int index) {
    int[] of = images.get(index);
    return new ImageClass() {
      @Override
      public int size() {
        return of.length;
      }

      @Override
      public int skipped() {
        return 0;
      }

      @Override
      public ImageHeader header(int image) {
        return header;
      }

      @Override
      public Pixels read(int image) throws IOException {
        return new Pixels(
            pixels.read(of[image]), header.height(), header.width(), header.channels());
      }

      @Override
      public String name(int image) {
        return "image " + of[image];
      }
    };
  }
}
