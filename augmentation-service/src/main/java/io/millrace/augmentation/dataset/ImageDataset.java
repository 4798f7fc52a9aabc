package io.millrace.augmentation.dataset;

import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ColorMode;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Labelled images of one size, split into parts. An image is decoded once, as long as the cache
 * keeps it.
 */
public final class ImageDataset implements Dataset {
  /** The scale of targets that are not scaled. */
  private static final SeriesScale AS_THEY_ARE =
      new SeriesScale(
          1.0, 0.0, 1, null, null, null, null, List.of(new ColumnScale("target", 1.0, 0.0)));

  /** The maximum number of classes of a run. */
  private static final int CLASSES = 1_000;

  private final long collection;
  private final DatasetContent content;
  private final List<ImageCollection.ImageClass> classes;
  private final int[] classIds;
  private final Samples train;
  private final Samples validation;
  private final Samples test;
  private final DatasetDescription description;
  private final Decoding decoding;

  /** Whether the targets are numbers. */
  private final boolean hasTargets;

  /** The mean of the training part's targets. */
  private final float mean;

  /** Whether images are rotated by their Exif orientation. */
  private final boolean turns;

  /** The samples of a part: the class of each, and its image within the class. */
  private record Samples(int[] label, int[] image) {
    static Samples of(List<int[]> byClass) {
      int size = StratifiedSplit.count(byClass);
      var samples = new Samples(new int[size], new int[size]);
      int at = 0;
      for (int label = 0; label < byClass.size(); label++) {
        for (int image : byClass.get(label)) {
          samples.label[at] = label;
          samples.image[at++] = image;
        }
      }
      return samples;
    }
  }

  private ImageDataset(
      OpenCollection open,
      DatasetSpec.Images spec,
      int[] classIds,
      List<ImageCollection.ImageClass> classes,
      Decoding decoding)
      throws IOException {
    List<String> names = names(open.images(), classIds);
    int[] sizes = classes.stream().mapToInt(ImageCollection.ImageClass::size).toArray();
    StratifiedSplit split = StratifiedSplit.of(names, classes, open.images().given(), spec);
    this.collection = open.id();
    this.content = open.content();
    this.classes = classes;
    this.classIds = classIds;
    this.train = Samples.of(split.train());
    this.validation = Samples.of(split.validation());
    this.test = Samples.of(split.test());
    this.decoding = decoding;
    this.turns = spec.turnsImages();
    this.hasTargets = open.images().hasTargets();
    requireSamples(spec);
    this.mean = hasTargets ? mean(classes.get(0), train.image) : 0;
    var census = new ImageCensus(turns);
    var leftOut = new LeftOutFiles();
    for (ImageCollection.ImageClass of : classes) {
      count(of, census);
      leftOut.addAll(of.leftOut());
    }
    leftOut.addAll(open.images().beside());
    this.description =
        new DatasetDescription(
            null,
            shape(spec, classes.get(0).header(0)),
            train.label.length,
            validation.label.length,
            test.label.length,
            hasTargets ? null : names,
            hasTargets ? null : split.train().stream().map(samples -> samples.length).toList(),
            hasTargets ? AS_THEY_ARE : null,
            classes.stream().mapToInt(ImageCollection.ImageClass::skipped).sum(),
            null,
            DatasetFacts.ifAny(leftOut.list()),
            DatasetFacts.ifAny(
                census.warnings(spec, names, Arrays.stream(sizes).boxed().toList())));
  }

  private static float mean(ImageCollection.ImageClass of, int[] images) {
    double sum = 0;
    for (int image : images) {
      sum += of.target(image);
    }
    return (float) (sum / images.length);
  }

  /**
   * Opens the classes of a request and splits them.
   *
   * @throws InvalidMessageException if a class is unknown or empty, or a part has no samples
   */
  static ImageDataset of(OpenCollection open, DatasetSpec.Images spec, Decoding decoding)
      throws IOException {
    int[] ids = classIds(open.images(), spec);
    var classes = new ArrayList<ImageCollection.ImageClass>();
    long samples = 0;
    for (int i = 0; i < ids.length; i++) {
      ImageCollection.ImageClass opened = open.open(ids[i]);
      if (opened.size() == 0) {
        throw new InvalidMessageException(
            spec.classes() == null ? "dataset.name" : "dataset.classes[" + i + "]",
            noImage(open.images().classes().get(ids[i])));
      }
      classes.add(opened);
      samples += opened.size();
    }
    if (samples > DatasetLimits.SAMPLES) {
      throw new InvalidMessageException("dataset.name", tooMany(samples));
    }
    return new ImageDataset(open, spec, ids, List.copyOf(classes), decoding);
  }

  /**
   * Facts about all classes of a collection, or why no run can use it.
   *
   * @param counts of images by class
   * @param census of all images
   */
  static DatasetFacts facts(
      List<String> classes,
      List<Integer> counts,
      ImageCensus census,
      int skipped,
      String fingerprint) {
    if (classes.size() < 2) {
      return DatasetFacts.problem(noTask(classes.size()));
    }
    if (census.first() == null || counts.stream().filter(count -> count > 0).count() < 2) {
      return DatasetFacts.problem(noImage(classes.get(Math.max(0, counts.indexOf(0)))));
    }
    return DatasetFacts.images(classes, counts, census, skipped, fingerprint);
  }

  /** Facts about a collection whose classes are cheap to open. */
  static DatasetFacts facts(ImageCollection images, String fingerprint) throws IOException {
    var census = new ImageCensus(true);
    var counts = new ArrayList<Integer>();
    for (int i = 0; i < images.classes().size(); i++) {
      ImageCollection.ImageClass of = images.open(i);
      counts.add(of.size());
      count(of, census);
    }
    return facts(images.classes(), counts, census, 0, fingerprint);
  }

  private static void count(ImageCollection.ImageClass of, ImageCensus census) throws IOException {
    for (int i = 0; i < of.size(); i++) {
      int image = i;
      census.add(of.header(image), () -> of.greatest(image));
    }
  }

  private static String noTask(int classes) {
    return "has " + Check.count(classes, "class", "classes") + "; a task needs 2 to " + CLASSES;
  }

  private static String noImage(String name) {
    return Check.quote(name) + " has no readable images";
  }

  /** The error for too many images. */
  static String tooMany(long samples) {
    return "has " + samples + " images; give at most " + DatasetLimits.SAMPLES;
  }

  /** Facts about a collection of images with numeric targets. */
  static DatasetFacts facts(int samples, ImageCensus census, int skipped, String fingerprint) {
    return census.first() == null
        ? DatasetFacts.problem("has no readable images")
        : DatasetFacts.images(samples, census, skipped, fingerprint);
  }

  private static int[] classIds(ImageCollection images, DatasetSpec.Images spec) {
    List<String> known = images.classes();
    if (images.hasTargets()) {
      if (spec.classes() != null) {
        throw new InvalidMessageException(
            "dataset.classes",
            "cannot be used: labels.csv has a number for each image; remove this field");
      }
      return new int[1];
    }
    if (spec.classes() == null) {
      if (known.size() < 2 || known.size() > CLASSES) {
        throw new InvalidMessageException("dataset.name", noTask(known.size()));
      }
      return SampleOrder.ascending(known.size());
    }
    int[] ids = new int[spec.classes().size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = known.indexOf(spec.classes().get(i));
      if (ids[i] < 0) {
        throw new InvalidMessageException(
            "dataset.classes[" + i + "]",
            Check.quote(spec.classes().get(i))
                + " is not a class of this data set; give one of "
                + KnownNames.list(known));
      }
    }
    return ids;
  }

  private static List<String> names(ImageCollection images, int[] ids) {
    return Arrays.stream(ids).mapToObj(images.classes()::get).toList();
  }

  private static List<Integer> shape(DatasetSpec.Images spec, ImageHeader first) {
    int firstHeight = spec.turnsImages() ? first.uprightHeight() : first.height();
    int firstWidth = spec.turnsImages() ? first.uprightWidth() : first.width();
    int height = spec.imageSize() == null ? firstHeight : spec.imageSize().rows();
    int width = spec.imageSize() == null ? firstWidth : spec.imageSize().columns();
    if (Math.max(height, width) > DatasetLimits.SIDE) {
      throw new InvalidMessageException(
          "dataset.image_size",
          "the first image is "
              + height
              + "×"
              + width
              + "; give a size of at most "
              + DatasetLimits.SIDE);
    }
    int channels =
        spec.colorMode() == null
            ? first.channels()
            : spec.colorMode() == ColorMode.GRAYSCALE ? 1 : 3;
    return List.of(height, width, channels);
  }

  private void requireSamples(DatasetSpec.Images spec) {
    if (train.label.length == 0 || test.label.length == 0) {
      throw new InvalidMessageException(
          "dataset.test_fraction",
          spec.testFraction()
              + " leaves "
              + train.label.length
              + " training and "
              + test.label.length
              + " test samples; each part needs at least one");
    }
    if (validation.label.length == 0 && spec.validationFraction() > 0) {
      throw new InvalidMessageException(
          "dataset.validation_fraction",
          spec.validationFraction() + " leaves no validation samples");
    }
  }

  @Override
  public DatasetDescription description() {
    return description;
  }

  @Override
  public DatasetContent content() {
    return content;
  }

  /** The height of every sample in pixels. */
  public int height() {
    return description.sampleShape().get(0);
  }

  /** The width of every sample in pixels. */
  public int width() {
    return description.sampleShape().get(1);
  }

  /** The number of channels, 1 or 3. */
  public int channels() {
    return description.sampleShape().get(2);
  }

  /** Whether a sample's label is a number instead of a class. */
  public boolean hasTargets() {
    return hasTargets;
  }

  /** The numeric target of a sample. */
  public float target(Part part, int sample) {
    return classes.get(0).target(samples(part).image[sample]);
  }

  /** The mean of the training part's targets. */
  public float mean() {
    return mean;
  }

  /** The index of a sample's class. */
  public int label(Part part, int sample) {
    return samples(part).label[sample];
  }

  /**
   * The pixels of a sample, {@code [height, width, channels]}, unsigned bytes that belong to the
   * cache and must not be modified.
   *
   * @throws InvalidMessageException if the file is broken or no longer exists
   */
  public byte[] pixels(Part part, int sample) {
    Samples samples = samples(part);
    int label = samples.label[sample];
    int image = samples.image[sample];
    DecodedCache.Key key = key(label, image);
    byte[] data = decoding.cache().get(key);
    if (data == null) {
      data = decode(classes.get(label), image, orientation(label, image));
      decoding.cache().put(key, data);
    }
    return data;
  }

  /** Starts to fetch a sample that is needed soon, if it is not local. */
  public void fetchAhead(Part part, int sample) {
    Samples samples = samples(part);
    int label = samples.label[sample];
    int image = samples.image[sample];
    if (!decoding.cache().holds(key(label, image))) {
      classes.get(label).fetchAhead(image);
    }
  }

  private DecodedCache.Key key(int label, int image) {
    return new DecodedCache.Key(
        collection,
        classIds[label],
        image,
        height(),
        width(),
        channels(),
        orientation(label, image) != 1);
  }

  private int orientation(int label, int image) {
    return turns ? classes.get(label).header(image).orientation() : 1;
  }

  private byte[] decode(ImageCollection.ImageClass of, int image, int orientation) {
    try (var place = decoding.room().take(of.header(image).pixels())) {
      long start = System.nanoTime();
      try {
        return of.read(image)
            .turned(orientation)
            .withChannels(channels())
            .withSize(height(), width())
            .data();
      } finally {
        decoding.nanos().accept(System.nanoTime() - start);
      }
    } catch (IOException e) {
      throw new InvalidMessageException(
          "dataset.name", of.name(image) + " cannot be decoded: " + e.getMessage());
    }
  }

  private Samples samples(Part part) {
    return switch (part) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }
}
