package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Lists a bucket once. The upper folders are listed one by one, several in parallel, until there
 * are enough of them to list each with everything below it, a thousand objects per request. Not
 * thread-safe.
 */
final class BucketLister {
  private static final Logger LOG = Logger.getLogger(BucketLister.class);

  /** Parallel requests. */
  private static final int REQUESTS = 16;

  /** The levels that are always listed folder by folder: the root and the data sets. */
  private static final int LEVELS = 2;

  /** The maximum number of levels that are listed folder by folder. */
  private static final int MOST_LEVELS = 4;

  private final BucketObjects bucket;
  private final int mostObjects;
  private final AtomicInteger objects = new AtomicInteger();
  private final AtomicInteger unsafe = new AtomicInteger();
  private volatile String firstUnsafe;

  /**
   * @param mostObjects the maximum number of objects; a bucket with more is refused
   */
  BucketLister(BucketObjects bucket, int mostObjects) {
    this.bucket = bucket;
    this.mostObjects = mostObjects;
  }

  /** A folder that is being listed, used by one thread at a time. */
  private static final class Branch {
    private final String prefix;
    private final Map<String, Branch> folders = new HashMap<>();
    private final Map<String, Listed.File> files = new HashMap<>();

    Branch(String prefix) {
      this.prefix = prefix;
    }

    Branch folder(String name) {
      return folders.computeIfAbsent(name, own -> new Branch(prefix + own + "/"));
    }

    /**
     * Ends the listing. A file with the same name as a folder is skipped, because a path can name
     * only one.
     */
    Listed.Folder end() {
      var all = new TreeMap<String, Listed>(files);
      files.clear();
      folders.forEach((name, folder) -> all.put(name, folder.end()));
      folders.clear();
      String[] names = all.keySet().toArray(String[]::new);
      return new Listed.Folder(names, all.values().toArray(Listed[]::new));
    }
  }

  /**
   * Lists all objects as a folder.
   *
   * @throws IOException if the server cannot list them, or there are too many
   */
  Listed.Folder list() throws IOException {
    var root = new Branch("");
    ExecutorService threads =
        Executors.newFixedThreadPool(
            REQUESTS,
            run -> {
              var thread = new Thread(run, "bucket-listing");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Branch> open = List.of(root);
      int level = 0;
      while (level < LEVELS || level < MOST_LEVELS && open.size() < REQUESTS) {
        each(threads, open, branch -> list(branch, false));
        open = open.stream().flatMap(branch -> branch.folders.values().stream()).toList();
        level++;
      }
      each(threads, open, branch -> list(branch, true));
    } finally {
      threads.shutdownNow();
    }
    if (unsafe.get() > 0) {
      LOG.warnf(
          "%s: skipped %d objects whose keys are not valid file names, for example %s",
          bucket.describe(""), unsafe.get(), firstUnsafe);
    }
    return root.end();
  }

  /** A way to list a folder. */
  @FunctionalInterface
  private interface Listing {
    void list(Branch branch) throws IOException;
  }

  private static void each(ExecutorService threads, List<Branch> branches, Listing listing)
      throws IOException {
    List<Future<Void>> all = new ArrayList<>();
    for (Branch branch : branches) {
      Callable<Void> one =
          () -> {
            listing.list(branch);
            return null;
          };
      all.add(threads.submit(one));
    }
    for (Future<Void> one : all) {
      Fetching.join(one);
    }
  }

  private void list(Branch branch, boolean isFlat) throws IOException {
    String token = null;
    do {
      BucketObjects.Page page = bucket.list(branch.prefix, isFlat, token);
      for (String folder : page.folders()) {
        String name = folder.substring(branch.prefix.length(), folder.length() - 1);
        if (isSafe(folder, name)) {
          branch.folder(name);
        }
      }
      for (BucketObjects.Item item : page.items()) {
        add(branch, item);
      }
      if (objects.addAndGet(page.items().size()) > mostObjects) {
        throw new BucketException(
            bucket.describe("")
                + " has more than "
                + mostObjects
                + " objects; give a longer prefix in millrace.datasets.roots, or raise"
                + " millrace.datasets.max-objects");
      }
      token = page.next();
    } while (token != null);
  }

  private void add(Branch branch, BucketObjects.Item item) {
    if (item.key().endsWith("/")) {
      return; // Some tools write an empty folder this way.
    }
    String[] names = item.key().substring(branch.prefix.length()).split("/", -1);
    if (!Arrays.stream(names).allMatch(name -> isSafe(item.key(), name))) {
      return;
    }
    Branch folder = branch;
    for (int i = 0; i < names.length - 1; i++) {
      folder = folder.folder(names[i]);
    }
    folder.files.put(names[names.length - 1], item.file());
  }

  /**
   * Whether a part of a key is a safe file name: it does not leave its folder and has no control
   * characters.
   */
  private boolean isSafe(String key, String name) {
    boolean isSafe =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\');
    if (!isSafe && unsafe.getAndIncrement() == 0) {
      firstUnsafe = io.millrace.contracts.Check.quote(key);
    }
    return isSafe;
  }
}
