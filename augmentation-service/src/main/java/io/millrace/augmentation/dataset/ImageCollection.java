package io.millrace.augmentation.dataset;

import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Labelled images, by class and, within a class, by name. It may be asked by many threads. */
interface ImageCollection {

  /** The names of all classes. */
  List<String> classes();

  /** Whether each image has a number that is to be predicted; then all are of one class. */
  default boolean hasTargets() {
    return false;
  }

  /** The parts that the images come in; none where a request splits them. */
  default Set<Part> given() {
    return Set.of();
  }

  /** What lies beside the classes and is none of them, by cause. */
  default List<LeftOut> beside() {
    return List.of();
  }

  /** What is in a class; only then is it looked at. */
  ImageClass open(int index) throws IOException;

  /** The images of a class that can be read. */
  interface ImageClass {
    /** How many there are. */
    int size();

    /** How many of a part there are; of images that come in none, all are for training. */
    default int size(Part part) {
      return part == Part.TRAIN ? size() : 0;
    }

    /** How many files were left out. */
    int skipped();

    /** What in the class is no sample, by cause. */
    default List<LeftOut> leftOut() {
      return List.of();
    }

    /** The greatest value of an image of 16 bits, as it is stored. */
    default int greatest(int image) throws IOException {
      return 0xFFFF;
    }

    /** The size and colours of an image. */
    ImageHeader header(int image);

    /** The number that is to be predicted of an image. */
    default float target(int image) {
      throw new IllegalStateException("the images have classes");
    }

    /** Begins to fetch an image from elsewhere: it is wanted soon. */
    default void fetchAhead(int image) {}

    /** An image, decoded. */
    Pixels read(int image) throws IOException;

    /** An image's name, for messages. */
    String name(int image);
  }
}
