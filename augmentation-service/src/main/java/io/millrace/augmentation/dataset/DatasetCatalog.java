package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Data sets by name: those in the roots, where the first root with the name wins, then the samples
 * packaged with the service. An opened data set is kept for the next task until its files change:
 * everything that is kept belongs to its {@link DatasetContent}. Thread-safe.
 */
public final class DatasetCatalog implements AutoCloseable {
  /** The maximum number of open data sets. */
  private static final int MOST_OPEN = 8;

  /** The maximum number of splits that are kept of one data set. */
  private static final int MOST_SPLITS = 8;

  /** How often a task reads files that change while they are read. */
  private static final int READINGS = 3;

  private final Decoding decoding;
  private final DatasetScan scan;

  /** By name; the most recently used one is last. */
  private final Map<String, Opened> opened = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Creates a catalog. Until it is {@linkplain #start started}, it checks each data set only once.
   *
   * @param roots folders of data sets; a missing folder counts as empty
   * @param cache of decoded images
   * @param decodeNanos receives the time to decode each image, in nanoseconds
   */
  public DatasetCatalog(
      List<Path> roots, DatasetLimits limits, DecodedCache cache, LongConsumer decodeNanos) {
    this(roots, limits, cache, decodeNanos, nanos -> {});
  }

  /**
   * Creates a catalog.
   *
   * @param readNanos receives the time to examine files, in nanoseconds
   */
  public DatasetCatalog(
      List<Path> roots,
      DatasetLimits limits,
      DecodedCache cache,
      LongConsumer decodeNanos,
      LongConsumer readNanos) {
    this.decoding = new Decoding(cache, new DecodingRoom(limits.imagePixels()), decodeNanos);
    this.scan = new DatasetScan(List.copyOf(roots), samples(limits), limits, readNanos);
  }

  private static Map<String, DatasetSource> samples(DatasetLimits limits) {
    return Map.of(
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

  /** Starts threads that look for changes. */
  public void start() {
    scan.start();
  }

  /** Stops the threads. */
  @Override
  public void close() {
    scan.close();
  }

  /** Looks for changes once and reads all new files. */
  void scan() {
    scan.scan();
  }

  /** Sets the listener for changed facts. */
  public void onChange(Runnable listener) {
    scan.onChange(listener);
  }

  /** The facts of each data set that has been read. */
  public Map<String, DatasetFacts> facts() {
    return scan.facts();
  }

  /** Whether a data set with this name exists or may exist; always true before the first look. */
  public boolean mayHave(String name) {
    return scan.mayHave(name);
  }

  /**
   * The facts of a data set.
   *
   * @throws InvalidMessageException if it does not exist
   */
  public DatasetFacts facts(String name) {
    Check.name("dataset.name", name);
    for (int i = 0; i < READINGS; i++) {
      DatasetContent content = scan.content(name);
      if (content.read()) {
        return content.facts();
      }
      scan.lookAgain(name);
    }
    throw changes(name);
  }

  /**
   * Opens and splits the data set of a request.
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
      throw DatasetContent.unreadable(name, e);
    }
  }

  /**
   * Opens a data set like {@link #open} after all its files were read: its fingerprint is the one
   * of its samples.
   *
   * @throws InvalidMessageException naming the request's field
   */
  public Dataset openRead(DatasetSpec spec) {
    for (int i = 0; i < READINGS; i++) {
      Dataset dataset = open(spec);
      if (dataset.content().read()) {
        return dataset;
      }
      scan.lookAgain(spec.name());
    }
    throw changes(spec.name());
  }

  private static InvalidMessageException changes(String name) {
    return new InvalidMessageException(
        "dataset.name",
        Check.quote(name)
            + " is changing while it is read; try again when all its files are written");
  }

  /**
   * The open data set with a name; opens it if necessary and closes the least recently used one.
   */
  private Opened place(String name) throws IOException {
    synchronized (opened) {
      Opened known = opened.get(name);
      if (known != null && !known.isClosed) {
        return known;
      }
      opened.remove(name);
    }
    scan.content(name); // An unknown name must not close another data set.
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

  /** The name of the JPEG decoder; all augmentation services should use the same one. */
  public String jpegDecoder() {
    return ImageDecoder.JPEG.name();
  }

  /** The possible names of data sets at the last look; {@link #mayHave} is true for them. */
  public List<String> names() {
    return List.copyOf(scan.names());
  }

  /** An open data set. */
  private final class Opened {
    private final String name;
    private final Map<DatasetSpec, Dataset> splits = new Lru<>(MOST_SPLITS);
    private DatasetContent content;
    private OpenCollection images;
    private SeriesTable table;
    private RowsTable rows;

    /** Never reset: a thread that still holds a closed one asks the catalog again. */
    private volatile boolean isClosed;

    Opened(String name) {
      this.name = name;
    }

    /** The data set, split; null if this is closed. */
    synchronized Dataset open(DatasetSpec spec) throws IOException {
      if (isClosed) {
        return null;
      }
      look();
      Dataset dataset = splits.get(spec);
      if (dataset == null) {
        dataset = split(spec);
        splits.put(spec, dataset);
      }
      return dataset;
    }

    /** Switches to the content that was last seen under the name; closes if there is none. */
    private void look() {
      DatasetContent seen;
      try {
        seen = scan.content(name);
      } catch (InvalidMessageException e) {
        close();
        throw e;
      }
      if (seen != content) {
        forget();
        content = seen;
      }
    }

    private Dataset split(DatasetSpec spec) throws IOException {
      DatasetSource source = content.source();
      if (spec instanceof DatasetSpec.Images asImages) {
        if (!(source instanceof DatasetSource.Images found)) {
          throw new InvalidMessageException(
              "dataset.column",
              "is required: "
                  + Check.quote(name)
                  + " is a table; for rows, give dataset.target instead");
        }
        if (images == null) {
          ImageCollection collection = found.open();
          images = new OpenCollection(decoding.cache().admit(), content, collection);
        }
        return ImageDataset.of(images, asImages, decoding);
      }
      if (!(source instanceof DatasetSource.Csv found)) {
        boolean isRows = spec instanceof DatasetSpec.Rows;
        throw new InvalidMessageException(
            isRows ? "dataset.target" : "dataset.column",
            Check.quote(name)
                + " has images; remove the fields of "
                + (isRows ? "rows" : "a series"));
      }
      if (spec instanceof DatasetSpec.Rows asRows) {
        if (rows == null || !rows.serves(asRows)) {
          rows = found.read(asRows);
        }
        return RowsDataset.of(rows, asRows, content);
      }
      var asSeries = (DatasetSpec.Series) spec;
      if (table == null || !table.serves(asSeries)) {
        table = found.read(asSeries);
      }
      return SeriesDataset.of(table, asSeries, content);
    }

    private void forget() {
      splits.clear();
      table = null;
      rows = null;
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

  /** A map that keeps the most recently used entries. */
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
