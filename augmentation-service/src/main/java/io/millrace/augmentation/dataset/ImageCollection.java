package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.util.List;

/** Labelled images, by class and, within a class, by name. It may be asked by many threads. */
interface ImageCollection {

  /** The names of all classes. */
  List<String> classes();

  /** What is in a class; only then is it looked at. */
  ImageClass open(int index) throws IOException;

  /** The images of a class that can be read. */
  interface ImageClass {
    /** How many there are. */
    int size();

    /** How many files were left out. */
    int skipped();

    /** The size and colours of an image. */
    ImageHeader header(int image);

    /** An image, decoded. */
    Pixels read(int image) throws IOException;

    /** An image's name, for messages. */
    String name(int image);
  }
}
