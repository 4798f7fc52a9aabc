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
 * Data sets by name: those in the roots, the first root that has the name winning, then the samples
 * packed with the service. What was opened is kept for the next task, as long as its files do not
 * change: whatever is kept of them belongs to their {@link DatasetContent}. It may be asked by many
 * threads.
 */
public final class DatasetCatalog implements AutoCloseable {
  /** The most data sets, by name, that are kept open. */
  private static final int MOST_OPEN = 8;

  /** The most ways of splitting one data set that are kept. */
  private static final int MOST_SPLITS = 8;

  /** How many times files that change while they are read are read again for a task. */
  private static final int READINGS = 3;

  private final Decoding decoding;
  private final DatasetScan scan;

  /** By name, that which was used last at the end. */
  private final Map<String, Opened> opened = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A catalog. Until it is {@linkplain #start started} it looks at each data set once.
   *
   * @param roots folders of data sets; one that is missing is an empty one
   * @param cache of decoded images
   * @param decodeNanos told how long each decoded image took, in nanoseconds
   */
  public DatasetCatalog(
      List<Path> roots, DatasetLimits limits, DecodedCache cache, LongConsumer decodeNanos) {
    this(roots, limits, cache, decodeNanos, nanos -> {});
  }

  /**
   * A catalog.
   *
   * @param readNanos told how long files were read for what is in them, in nanoseconds
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

  /** Begins to look for changes, in threads of its own. */
  public void start() {
    scan.start();
  }

  /** Ends that. */
  @Override
  public void close() {
    scan.close();
  }

  /** Looks for changes once, and reads all that is new. */
  void scan() {
    scan.scan();
  }

  /** Names who is told that facts have changed. */
  public void onChange(Runnable told) {
    scan.onChange(told);
  }

  /** What is in each data set, less those that were not read yet. */
  public Map<String, DatasetFacts> facts() {
    return scan.facts();
  }

  /** Whether there is, or may be, something under a name: before the first look anything may. */
  public boolean mayHave(String name) {
    return scan.mayHave(name);
  }

  /**
   * What is in a data set.
   *
   * @throws InvalidMessageException where there is none
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
      throw DatasetContent.unreadable(name, e);
    }
  }

  /**
   * The same, all of its files read: its fingerprint is that of what the samples come from.
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
            + " changes while it is read; try again when all of its files are written");
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
    scan.content(name); // What is unknown closes nothing.
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

  /** The names that data sets here seemed to have at the last look: {@link #mayHave} has them. */
  public List<String> names() {
    return List.copyOf(scan.names());
  }

  /** What is open under a name. */
  private final class Opened {
    private final String name;
    private final Map<DatasetSpec, Dataset> splits = new Lru<>(MOST_SPLITS);
    private DatasetContent content;
    private OpenCollection images;
    private SeriesTable table;
    private RowsTable rows;

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
      look();
      Dataset dataset = splits.get(spec);
      if (dataset == null) {
        dataset = split(spec);
        splits.put(spec, dataset);
      }
      return dataset;
    }

    /** Takes what was last seen under the name; where nothing was, this closes. */
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
              "is required: " + Check.quote(name) + " is a series; or dataset.target, for rows");
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
                + " holds images; leave out what only "
                + (isRows ? "rows have" : "a series has"));
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
