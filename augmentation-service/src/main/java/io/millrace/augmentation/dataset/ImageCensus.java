package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the images of a data set are like, for what may surprise. By one thread at a time. */
final class ImageCensus {
  /** How many images of 16 bits are looked at for the bits that they use. */
  private static final int DEEP_LOOKS = 3;

  private static final int DEEP_BITS = 16;

  /** How many times as many images make one class large beside another. */
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
   * A census.
   *
   * @param turns whether images are turned as they say
   */
  ImageCensus(boolean turns) {
    this.turns = turns;
  }

  /** Looks into an image for the greatest of its values. */
  @FunctionalInterface
  interface Look {
    int greatest() throws IOException;
  }

  /**
   * Takes an image in.
   *
   * @param look that is taken into a few images of 16 bits
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
        greatest = Integer.MAX_VALUE; // Whoever decodes it is told.
      }
    }
  }

  private int height(ImageHeader header) {
    return turns ? header.uprightHeight() : header.height();
  }

  private int width(ImageHeader header) {
    return turns ? header.uprightWidth() : header.width();
  }

  /** The first image; null where there is none. */
  ImageHeader first() {
    return first;
  }

  /**
   * What may surprise.
   *
   * @param spec what a request asks for; null for one that asks for nothing special
   * @param classes the classes' names
   * @param counts of images, by class
   */
  List<String> warnings(DatasetSpec.Images spec, List<String> classes, List<Integer> counts) {
    var warnings = new ArrayList<String>();
    if (otherSize > 0 && (spec == null || spec.imageSize() == null)) {
      warnings.add(
          "the first image decides the size, "
              + height(first)
              + "×"
              + width(first)
              + "; "
              + of(otherSize)
              + " another one and are resampled; image_size names one for all");
    }
    if (otherColour > 0 && (spec == null || spec.colorMode() == null)) {
      warnings.add(
          first.channels() == 1
              ? "the first image is grey and decides the colours; "
                  + of(otherColour)
                  + " colours and lose them; color_mode rgb keeps them"
              : "the first image has colours and decides them; "
                  + of(otherColour)
                  + " only grey and get three channels; color_mode says which all have");
    }
    if (turned > 0 && turns) {
      warnings.add(
          of(turned)
              + " an Exif orientation and are turned by it; exif_orientation false leaves them"
              + " as they are stored");
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
    if (deep > 0 && bits < DEEP_BITS) {
      warnings.add(
          of(deep)
              + " 16 bits a value, of which the highest 8 are taken; the first ones use only the"
              + " lowest "
              + bits
              + ", so that "
              + (1 << Math.max(0, bits - 8))
              + " levels are left; scale them to 16 bits, or save them with 8");
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
                + " has no image that can be read; a request without it must list its classes");
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
              + " "
              + counts.get(least)
              + "; class_weight balanced, or the metrics of each class, make up for that");
    }
  }
}
