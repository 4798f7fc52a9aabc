package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** An open collection; each of its classes is scanned once. */
final class OpenCollection {
  private final long id;
  private final DatasetContent content;
  private final ImageCollection images;
  private final Map<Integer, ImageCollection.ImageClass> classes = new HashMap<>();

  /**
   * @param id identifies its images in the cache; never reused for another collection
   * @param content of its files
   */
  OpenCollection(long id, DatasetContent content, ImageCollection images) {
    this.id = id;
    this.content = content;
    this.images = images;
  }

  long id() {
    return id;
  }

  DatasetContent content() {
    return content;
  }

  ImageCollection images() {
    return images;
  }

  synchronized ImageCollection.ImageClass open(int index) throws IOException {
    ImageCollection.ImageClass opened = classes.get(index);
    if (opened == null) {
      opened = images.open(index);
      classes.put(index, opened);
    }
    return opened;
  }
}
