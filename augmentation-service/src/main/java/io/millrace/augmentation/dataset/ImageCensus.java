package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects properties of a data set's images that may surprise users. Not thread-safe. */
final class ImageCensus {
  /** The number of 16-bit images that are examined for the bits that they use. */
  private static final int DEEP_LOOKS = 3;

  private static final int DEEP_BITS = 16;

  /** The ratio of class sizes from which on the classes are reported as uneven. */
  private static final int UNEVEN = 10;

  private final boolean turns;
  private ImageHeader first;
  private int images;
  private int otherSize;
  private int otherColour;
  private int turned;
  private int deep;
  private int greatest;

  /**
   * Creates a census.
   *
   * @param turns whether images are rotated by their Exif orientation
   */
  ImageCensus(boolean turns) {
    this.turns = turns;
  }

  /** Finds the greatest value of an image. */
  @FunctionalInterface
  interface Look {
    int greatest() throws IOException;
  }

  /**
   * Adds an image.
   *
   * @param look is called for a few 16-bit images
   */
  void add(ImageHeader header, Look look) throws IOException {
    images++;
    if (first == null) {
      first = header;
    }
    otherSize += height(header) == height(first) && width(header) == width(first) ? 0 : 1;
    otherColour += header.channels() == first.channels() ? 0 : 1;
    turned += header.orientation() == 1 ? 0 : 1;
    if (header.storage() == ImageHeader.Storage.DEEP && deep++ < DEEP_LOOKS) {
      try {
        greatest = Math.max(greatest, look.greatest());
      } catch (BrokenImageException e) {
        greatest = Integer.MAX_VALUE; // Decoding the image reports the error.
      }
    }
  }

  private int height(ImageHeader header) {
    return turns ? header.uprightHeight() : header.height();
  }

  private int width(ImageHeader header) {
    return turns ? header.uprightWidth() : header.width();
  }

  /** The first image; null if there is none. */
  ImageHeader first() {
    return first;
  }

  /**
   * The warnings about the images.
   *
   * @param spec the request; null for a request with default values
   * @param classes the classes' names
   * @param counts of images, by class
   */
  List<String> warnings(DatasetSpec.Images spec, List<String> classes, List<Integer> counts) {
    var warnings = new ArrayList<String>();
    if (otherSize > 0 && (spec == null || spec.imageSize() == null)) {
      warnings.add(
          "the first image sets the size to "
              + height(first)
              + "×"
              + width(first)
              + "; "
              + of(otherSize)
              + " another size and are resampled; set image_size to choose the size");
    }
    if (otherColour > 0 && (spec == null || spec.colorMode() == null)) {
      warnings.add(
          first.channels() == 1
              ? "the first image is grey, so all images become grey; "
                  + of(otherColour)
                  + " colours and lose them; set color_mode to rgb to keep them"
              : "the first image has colours, so all images get three channels; "
                  + of(otherColour)
                  + " only grey; set color_mode to choose");
    }
    if (turned > 0 && turns) {
      warnings.add(
          of(turned)
              + " an Exif orientation and are rotated upright; set exif_orientation to false to"
              + " keep them as stored");
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
    if (deep > 0 && bits < DEEP_BITS) {
      warnings.add(
          of(deep)
              + " 16 bits per value, of which only the highest 8 are used; the first ones use only"
              + " the lowest "
              + bits
              + ", so that "
              + (1 << Math.max(0, bits - 8))
              + " levels remain; scale the values to 16 bits, or save the images with 8 bits");
    }
    addOfClasses(classes, counts, warnings);
    return warnings;
  }

  private String of(int count) {
    return count + " of " + images + " images have";
  }

  private static void addOfClasses(
      List<String> classes, List<Integer> counts, List<String> warnings) {
    int least = -1;
    int most = -1;
    for (int i = 0; i < counts.size(); i++) {
      if (counts.get(i) == 0) {
        warnings.add(
            Check.quote(classes.get(i))
                + " has no readable images; list the other classes in dataset.classes");
        return;
      }
      least = least < 0 || counts.get(i) < counts.get(least) ? i : least;
      most = most < 0 || counts.get(i) > counts.get(most) ? i : most;
    }
    if (least >= 0 && counts.get(most) >= (long) UNEVEN * counts.get(least)) {
      warnings.add(
          Check.quote(classes.get(most))
              + " has "
              + counts.get(most)
              + " images and "
              + Check.quote(classes.get(least))
              + " has "
              + counts.get(least)
              + "; set class_weight to balanced, or look at the metrics of each class");
    }
  }
}
