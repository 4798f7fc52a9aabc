package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Data sets by name: those in the roots, the first root that has the name winning, then the samples
 * packed with the service. What was opened is kept for the next task, as long as its files do not
 * change. It may be asked by many threads.
 */
public final class DatasetCatalog {
  private static final Logger LOG = Logger.getLogger(DatasetCatalog.class);

  /** The most data sets, by name, that are kept open. */
  private static final int MOST_OPEN = 8;

  /** The most ways of splitting one data set that are kept. */
  private static final int MOST_SPLITS = 8;

  /** The least time between two looks whether a data set has changed. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The time between two looks, in times as long as one takes: a large folder's takes seconds. */
  private static final long LOOKS_APART = 20;

  private final List<Path> roots;
  private final DatasetLimits limits;
  private final Decoding decoding;
  private final Map<String, DatasetSource> samples;

  /** By name, that which was used last at the end. */
  private final Map<String, Opened> opened = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A catalog.
   *
   * @param roots folders of data sets; one that is missing is an empty one
   * @param cache of decoded images
   * @param decodeNanos told how long each decoded image took, in nanoseconds
   */
  public DatasetCatalog(
      List<Path> roots, DatasetLimits limits, DecodedCache cache, LongConsumer decodeNanos) {
    this.roots = List.copyOf(roots);
    this.limits = limits;
    this.decoding = new Decoding(cache, new DecodingRoom(limits.imagePixels()), decodeNanos);
    this.samples =
        Map.of(
            "fashion-mnist",
            new DatasetSource.Idx(
                new DataFile.Packed("samples/fashion-mnist/t10k-images-idx3-ubyte.gz"),
                new DataFile.Packed("samples/fashion-mnist/t10k-labels-idx1-ubyte.gz"),
                new DataFile.Packed("samples/fashion-mnist/classes.txt"),
                limits),
            "elnino",
            new DatasetSource.Csv(
                new DataFile.Packed("samples/elnino/sea-surface-temperature.csv"), limits));
  }

  /**
   * The data set that a request asks for, split.
   *
   * @throws InvalidMessageException naming the request's field, such as {@code dataset.name}
   */
  public Dataset open(DatasetSpec spec) {
    String name = Check.name("dataset.name", spec.name());
    try {
      Dataset dataset = null;
      while (dataset == null) {
        dataset = place(name).open(spec);
      }
      return dataset;
    } catch (IOException e) {
      throw new InvalidMessageException(
          "dataset.name", Check.quote(name) + " cannot be read: " + e);
    }
  }

  /** What is open under a name; else it is opened, and what was not used for longest is closed. */
  private Opened place(String name) throws IOException {
    synchronized (opened) {
      Opened known = opened.get(name);
      if (known != null && !known.isClosed) {
        return known;
      }
      opened.remove(name);
    }
    find(name); // What is unknown closes nothing.
    Opened place;
    Opened eldest = null;
    synchronized (opened) {
      place = opened.computeIfAbsent(name, Opened::new);
      if (opened.size() > MOST_OPEN) {
        var places = opened.values().iterator();
        eldest = places.next();
        places.remove();
      }
    }
    if (eldest != null) {
      eldest.close();
    }
    return place;
  }

  /** What decodes JPEG images here; all augmenters should use the same. */
  public String jpegDecoder() {
    return ImageDecoder.JPEG.name();
  }

  /** The names that data sets here seem to have. */
  public List<String> names() {
    var names = new TreeSet<>(samples.keySet());
    for (Path root : roots) {
      try (Stream<Path> entries = Files.list(root)) {
        entries
            .filter(entry -> Files.isDirectory(entry) || entry.toString().endsWith(".csv"))
            .map(entry -> entry.getFileName().toString().replaceAll("\\.csv$", ""))
            .filter(DatasetCatalog::isName)
            .forEach(names::add);
      } catch (IOException e) {
        LOG.warnf("The data set root %s cannot be listed: %s", root, e);
      }
    }
    return List.copyOf(names);
  }

  private static boolean isName(String text) {
    try {
      Check.name("", text);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }

  private DatasetSource find(String name) throws IOException {
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        Optional<DatasetSource> found = DatasetSource.find(root, name, limits);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    if (samples.containsKey(name)) {
      return samples.get(name);
    }
    throw new InvalidMessageException(
        "dataset.name",
        Check.quote(name) + " is not a data set here; known are " + KnownNames.list(names()));
  }

  /** What is open under a name. */
  private final class Opened {
    private final String name;
    private final Map<DatasetSpec, Dataset> splits = new Lru<>(MOST_SPLITS);
    private DatasetSource source;
    private String fingerprint = "";
    private long lookAt;
    private OpenCollection images;
    private SeriesTable table;

    /** It stays so: whoever still has it asks the catalog again. */
    private volatile boolean isClosed;

    Opened(String name) {
      this.name = name;
    }

    /** The data set, split; null where this is closed. */
    synchronized Dataset open(DatasetSpec spec) throws IOException {
      if (isClosed) {
        return null;
      }
      if (source == null || System.nanoTime() - lookAt > 0) {
        look();
      }
      Dataset dataset = splits.get(spec);
      if (dataset == null) {
        dataset = split(spec);
        splits.put(spec, dataset);
      }
      return dataset;
    }

    /** Looks what lies under the name now; where nothing does, this closes. */
    private void look() throws IOException {
      long start = System.nanoTime();
      DatasetSource found;
      try {
        found = find(name);
      } catch (InvalidMessageException e) {
        close();
        throw e;
      }
      String now = found.fingerprint();
      if (!now.equals(fingerprint)) {
        forget();
        fingerprint = now;
      }
      source = found;
      long end = System.nanoTime();
      lookAt = end + Math.max(LOOK_AGAIN_NANOS, LOOKS_APART * (end - start));
    }

    private Dataset split(DatasetSpec spec) throws IOException {
      if (spec instanceof DatasetSpec.Images asImages) {
        if (!(source instanceof DatasetSource.Images found)) {
          throw new InvalidMessageException(
              "dataset.column", "is required: " + Check.quote(name) + " is a series");
        }
        if (images == null) {
          ImageCollection collection = found.open();
          images = new OpenCollection(decoding.cache().admit(), fingerprint, collection);
        }
        return ImageDataset.of(images, asImages, decoding);
      }
      if (!(source instanceof DatasetSource.Csv found)) {
        throw new InvalidMessageException(
            "dataset.column",
            Check.quote(name) + " holds images; leave out what only a series has");
      }
      var asSeries = (DatasetSpec.Series) spec;
      if (table == null || !table.serves(asSeries)) {
        table = found.read(asSeries);
      }
      return SeriesDataset.of(table, asSeries);
    }

    private void forget() {
      splits.clear();
      table = null;
      if (images != null) {
        decoding.cache().forget(images.id());
        images = null;
      }
    }

    synchronized void close() {
      isClosed = true;
      forget();
    }
  }

  /** The entries that were used last. */
  private static final class Lru<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int most;

    Lru(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
