package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketFiles;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Periodically looks into the roots and reads new files. A look compares names, sizes and times;
 * only files that have changed are read, in slices, starting with the data set that needs the least
 * time: a large data set does not delay a small one. Tasks use the result of the last look.
 */
final class DatasetScan implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DatasetScan.class);

  /** The maximum number of names in all roots. */
  static final int MOST_NAMES = 10_000;

  /** The time between two listings of the roots. */
  private static final long ROUND_MILLIS = 500;

  /** The minimum time between two looks at a data set. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_900);

  /** The same after a look that found a change, because the files may still be written. */
  private static final long LOOK_SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

  /**
   * The time between two looks as a multiple of a look's duration, or of half the duration of
   * looking at all data sets: a look at a large folder takes seconds.
   */
  private static final long LOOKS_APART = 20;

  /** The time before another look at files that changed while they were read. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final int READERS = 2;

  private final List<Path> roots;
  private final Map<String, DatasetSource> samples;
  private final DatasetLimits limits;
  private final LongConsumer readNanos;
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final PriorityBlockingQueue<Job> jobs = new PriorityBlockingQueue<>();
  private final Map<Path, Set<String>> listed = new ConcurrentHashMap<>();
  private final Set<Path> unlisted = ConcurrentHashMap.newKeySet();
  private final AtomicLong allNanos = new AtomicLong();
  private final AtomicBoolean isOverfull = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Set<String> names = Set.of();
  private volatile boolean hasListed;
  private volatile boolean closing;
  private volatile Runnable listener = () -> {};

  /** A slice of work for a place; the place with the least remaining work comes first. */
  private record Job(Place place, long cost) implements Comparable<Job> {
    @Override
    public int compareTo(Job other) {
      return Long.compare(cost, other.cost);
    }
  }

  /**
   * Creates a scan; {@link #start} starts it.
   *
   * @param samples the packaged data sets, used if no root has the name
   * @param readNanos receives the time to read files, in nanoseconds
   */
  DatasetScan(
      List<Path> roots,
      Map<String, DatasetSource> samples,
      DatasetLimits limits,
      LongConsumer readNanos) {
    this.roots = roots;
    this.samples = samples;
    this.limits = limits;
    this.readNanos = readNanos;
  }

  void start() {
    begin("datasets", this::goRound);
    for (int i = 0; i < READERS; i++) {
      begin("datasets-reader-" + i, this::work);
    }
  }

  private void begin(String name, Runnable run) {
    var thread = new Thread(run, name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  /** Sets the listener for changes; it runs on the thread that found the change. */
  void onChange(Runnable changed) {
    listener = changed;
  }

  /**
   * The content that was last seen under a name.
   *
   * @throws InvalidMessageException if there is none
   */
  DatasetContent content(String name) {
    Place place = places.get(name);
    if (place == null) {
      place = find(name, new Place(name));
    } else if (place.content == null) {
      place.look();
    }
    DatasetContent content = place.content;
    if (content == null) {
      throw new InvalidMessageException(
          "dataset.name",
          Check.quote(name)
              + " is not a data set here; give one of "
              + KnownNames.list(List.copyOf(list())));
    }
    return content;
  }

  /** Looks at a place and keeps it if it has a data set. */
  private Place find(String name, Place mine) {
    mine.look();
    Place other = mine.content == null ? null : places.putIfAbsent(name, mine);
    if (mine.content == null || other != null) {
      allNanos.addAndGet(-mine.lookNanos);
    }
    if (other != null && other.content == null) {
      other.look();
    }
    return other == null ? mine : other;
  }

  /** Looks at a data set immediately. */
  void lookAgain(String name) {
    Place place = places.get(name);
    if (place != null) {
      place.look();
    }
  }

  /** The facts of each data set that has been read. */
  Map<String, DatasetFacts> facts() {
    var facts = new TreeMap<String, DatasetFacts>();
    places.forEach(
        (name, place) -> {
          DatasetContent content = place.content;
          if (content != null && content.facts() != null) {
            facts.put(name, content.facts());
          }
        });
    return facts;
  }

  /** Whether a data set with this name exists or may exist. */
  boolean mayHave(String name) {
    Place place = places.get(name);
    return !hasListed || place != null && (place.content != null || place.isDue);
  }

  /** Looks at all data sets immediately and reads them completely. */
  void scan() {
    findNames();
    for (Place place : places.values()) {
      place.look();
      while (place.content != null && !place.content.isDone()) {
        place.read();
      }
      if (place.content == null) {
        forget(place);
      }
    }
  }

  private void forget(Place place) {
    if (places.remove(place.name, place)) {
      allNanos.addAndGet(-place.lookNanos);
    }
  }

  private void goRound() {
    while (!closing) {
      long start = System.nanoTime();
      try {
        findNames();
        places.values().stream().filter(Place::hasWork).forEach(this::enqueue);
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("The data set roots cannot be checked", e);
      }
      pause(TimeUnit.NANOSECONDS.toMillis(LOOKS_APART * (System.nanoTime() - start)));
    }
  }

  private synchronized void pause(long millis) {
    try {
      if (!closing) {
        wait(Math.max(ROUND_MILLIS, millis));
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  private void findNames() {
    Set<String> now = list();
    names = now;
    now.forEach(name -> places.computeIfAbsent(name, Place::new));
    places.forEach(
        (name, place) -> {
          if (!now.contains(name)) {
            place.isDue = true;
          }
        });
    hasListed = roots.stream().allMatch(BucketFiles::isListed);
  }

  private void enqueue(Place place) {
    if (place.queued.compareAndSet(false, true)) {
      jobs.add(new Job(place, place.cost()));
    }
  }

  private void work() {
    while (!closing) {
      try {
        Job job = jobs.poll(ROUND_MILLIS, TimeUnit.MILLISECONDS);
        if (job != null) {
          work(job.place);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("A data set cannot be checked", e);
      }
    }
  }

  private void work(Place place) {
    DatasetFacts before = place.facts();
    try {
      if (place.isDue()) {
        place.look();
      }
      place.read();
    } finally {
      place.queued.set(false);
    }
    if (place.content == null && !names.contains(place.name)) {
      forget(place);
      listener.run();
      return;
    }
    if (place.hasWork()) {
      enqueue(place);
    }
    DatasetFacts now = place.facts();
    if (before == null ? now != null : !before.equals(now)) {
      listener.run();
    }
  }

  /** The possible names of data sets at the last look. */
  Set<String> names() {
    return names;
  }

  /** Lists the possible names of data sets. */
  Set<String> list() {
    var found = new TreeSet<>(samples.keySet());
    for (Path root : roots) {
      found.addAll(list(root));
    }
    while (found.size() > MOST_NAMES) {
      if (isOverfull.compareAndSet(false, true)) {
        LOG.warnf(
            "The data set roots have more than %d names; only the first are used", MOST_NAMES);
      }
      found.pollLast();
    }
    return found;
  }

  /** The possible names in a root; the previous ones if it cannot be listed. */
  private Set<String> list(Path root) {
    try (Stream<Path> entries = Files.list(root)) {
      var found = new TreeSet<String>();
      entries
          .filter(entry -> Files.isDirectory(entry) || entry.toString().matches(".*\\.(csv|npz)"))
          .map(entry -> entry.getFileName().toString().replaceAll("\\.(csv|npz)$", ""))
          .filter(DatasetScan::isName)
          .forEach(found::add);
      listed.put(root, found);
      unlisted.remove(root);
      return found;
    } catch (IOException | UncheckedIOException e) {
      if (unlisted.add(root)) {
        LOG.warnf("The data set root %s cannot be listed: %s", root, e);
      }
      return listed.getOrDefault(root, Set.of());
    }
  }

  private static boolean isName(String text) {
    try {
      Check.name("", text);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }

  /** The data set in the first root that has the name, or else the packaged one. */
  private Optional<DatasetSource> find(String name) throws IOException {
    boolean isFolder = false;
    for (Path root : roots) {
      if (isThere(root)) {
        Optional<DatasetSource> found = DatasetSource.find(root, name, limits);
        if (found.isPresent()) {
          return found;
        }
        isFolder |= DatasetSource.isFolder(root, name);
      }
    }
    if (isFolder && !samples.containsKey(name)) {
      throw new InvalidMessageException(
          "dataset.name",
          Check.quote(name)
              + " has no image folders, IDX files, CIFAR-10 files, .npz file or"
              + " CSV file");
    }
    return Optional.ofNullable(samples.get(name));
  }

  /**
   * Whether a root exists; a missing one counts as empty.
   *
   * @throws IOException if it is a bucket that cannot be listed
   */
  private static boolean isThere(Path root) throws IOException {
    return BucketFiles.isListed(root) ? Files.isDirectory(root) : Files.exists(root.toRealPath());
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      notifyAll();
    }
  }

  /** The files under a name. */
  private final class Place {
    private final String name;
    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile DatasetContent content;
    private volatile boolean isDue = true;
    private volatile long lookAt;
    private volatile long lookNanos;

    Place(String name) {
      this.name = name;
    }

    boolean isDue() {
      return isDue || System.nanoTime() - lookAt > 0;
    }

    boolean hasWork() {
      DatasetContent seen = content;
      return isDue() || seen != null && !seen.isDone();
    }

    /** The approximate remaining nanoseconds, at one byte per nanosecond. */
    long cost() {
      DatasetContent seen = content;
      return lookNanos + (seen == null ? 0 : seen.remaining());
    }

    DatasetFacts facts() {
      DatasetContent seen = content;
      return seen == null ? null : seen.facts();
    }

    synchronized void look() {
      isDue = false;
      long start = System.nanoTime();
      DatasetContent before = content;
      DatasetContent now;
      try {
        Optional<DatasetSource> found = find(name);
        now = found.isEmpty() ? null : DatasetContent.of(name, found.get(), before, readNanos);
      } catch (InvalidMessageException e) {
        now = DatasetContent.refused(name, e, before);
      } catch (IOException | UncheckedIOException e) {
        now = DatasetContent.refused(name, DatasetContent.unreadable(name, e), before);
      }
      content = now;
      if (before != null && before != now) {
        before.replaced();
      }
      long end = System.nanoTime();
      long all = allNanos.addAndGet(end - start - lookNanos);
      lookNanos = end - start;
      long least = now == before ? LOOK_AGAIN_NANOS : LOOK_SOON_NANOS;
      lookAt = end + Math.max(least, LOOKS_APART * Math.max(lookNanos, all / READERS));
    }

    /** Reads a slice of the unread files. If files change meanwhile, another look follows soon. */
    void read() {
      DatasetContent seen = content;
      if (seen == null || seen.isDone()) {
        return;
      }
      seen.step();
      if (seen.hasChanged()) {
        lookAt = System.nanoTime() + Math.max(SETTLE_NANOS, LOOKS_APART * lookNanos);
      } else if (seen.isDone() && kept() > FileDigests.MOST) {
        seen.forgetDigests();
      }
    }

    private long kept() {
      long kept = 0;
      for (Place place : places.values()) {
        DatasetContent seen = place.content;
        kept += seen == null ? 0 : seen.kept();
      }
      return kept;
    }
  }
}
