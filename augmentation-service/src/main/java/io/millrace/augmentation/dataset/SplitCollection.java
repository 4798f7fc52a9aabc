package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Images that come in parts. The classes are those of the training part; a class has the images of
 * its training part, then of its validation part, then of its test part.
 */
final class SplitCollection implements ImageCollection {
  private final Map<Part, ImageCollection> parts;

  private SplitCollection(Map<Part, ImageCollection> parts) {
    this.parts = new EnumMap<>(parts);
  }

  /**
   * Creates a collection from the existing parts.
   *
   * @throws InvalidMessageException if a part has a class that the training part does not have
   */
  static SplitCollection of(Map<Part, ? extends ImageCollection> parts) {
    List<String> known = parts.get(Part.TRAIN).classes();
    parts.forEach(
        (part, images) -> {
          for (String name : images.classes()) {
            if (!known.contains(name)) {
              throw new InvalidMessageException(
                  "dataset.name",
                  "the "
                      + part.json()
                      + " part has class "
                      + Check.quote(name)
                      + ", but the train part has only "
                      + KnownNames.list(known));
            }
          }
        });
    return new SplitCollection(Map.copyOf(parts));
  }

  @Override
  public List<String> classes() {
    return parts.get(Part.TRAIN).classes();
  }

  @Override
  public Set<Part> given() {
    return EnumSet.copyOf(parts.keySet());
  }

  @Override
  public List<LeftOut> beside() {
    return parts.values().stream().flatMap(images -> images.beside().stream()).toList();
  }

  @Override
  public ImageClass open(int index) throws IOException {
    var opened = new EnumMap<Part, ImageClass>(Part.class);
    for (Map.Entry<Part, ImageCollection> part : parts.entrySet()) {
      int own = part.getValue().classes().indexOf(classes().get(index));
      if (own >= 0) {
        opened.put(part.getKey(), part.getValue().open(own));
      }
    }
    return new SplitClass(opened);
  }

  /** A class with its parts, one after the other. */
  private record SplitClass(Map<Part, ImageClass> parts) implements ImageClass {

    /** An image and the part to which it belongs. */
    private record Place(ImageClass of, int image) {}

    private Place place(int image) {
      int left = image;
      for (ImageClass of : parts.values()) {
        if (left < of.size()) {
          return new Place(of, left);
        }
        left -= of.size();
      }
      throw new IndexOutOfBoundsException(image);
    }

    @Override
    public int size() {
      return parts.values().stream().mapToInt(ImageClass::size).sum();
    }

    @Override
    public int size(Part part) {
      return parts.containsKey(part) ? parts.get(part).size() : 0;
    }

    @Override
    public int skipped() {
      return parts.values().stream().mapToInt(ImageClass::skipped).sum();
    }

    @Override
    public List<LeftOut> leftOut() {
      var all = new ArrayList<LeftOut>();
      parts.values().forEach(of -> all.addAll(of.leftOut()));
      return all;
    }

    @Override
    public ImageHeader header(int image) {
      Place place = place(image);
      return place.of.header(place.image);
    }

    @Override
    public int greatest(int image) throws IOException {
      Place place = place(image);
      return place.of.greatest(place.image);
    }

    @Override
    public void fetchAhead(int image) {
      Place place = place(image);
      place.of.fetchAhead(place.image);
    }

    @Override
    public Pixels read(int image) throws IOException {
      Place place = place(image);
      return place.of.read(place.image);
    }

    @Override
    public String name(int image) {
      Place place = place(image);
      return place.of.name(place.image);
    }
  }
}
