package io.millrace.augmentation.dataset;

import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Labelled images, by class and, within a class, by name. Thread-safe. */
interface ImageCollection {

  /** The names of all classes. */
  List<String> classes();

  /** Whether each image has a numeric target; then all images are in one class. */
  default boolean hasTargets() {
    return false;
  }

  /** The parts that the images come in; empty if the request splits them. */
  default Set<Part> given() {
    return Set.of();
  }

  /** Files and folders beside the classes that are not part of them, by cause. */
  default List<LeftOut> beside() {
    return List.of();
  }

  /** Opens a class and reads its files' headers. */
  ImageClass open(int index) throws IOException;

  /** The readable images of a class. */
  interface ImageClass {
    /** The number of images. */
    int size();

    /**
     * The number of images of a part; images that do not come in parts all count as training
     * images.
     */
    default int size(Part part) {
      return part == Part.TRAIN ? size() : 0;
    }

    /** The number of skipped files. */
    int skipped();

    /** Files of the class that are not samples, by cause. */
    default List<LeftOut> leftOut() {
      return List.of();
    }

    /** The greatest value of a 16-bit image, as stored. */
    default int greatest(int image) throws IOException {
      return 0xFFFF;
    }

    /** The header of an image, with its size and channels. */
    ImageHeader header(int image);

    /** The numeric target of an image. */
    default float target(int image) {
      throw new IllegalStateException("the images have classes");
    }

    /** Starts to fetch an image that is needed soon, if it is not local. */
    default void fetchAhead(int image) {}

    /** Reads and decodes an image. */
    Pixels read(int image) throws IOException;

    /** The name of an image, for messages. */
    String name(int image);
  }
}
