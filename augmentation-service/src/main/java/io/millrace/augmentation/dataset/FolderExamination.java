package io.millrace.augmentation.dataset;

import io.millrace.contracts.dataset.LeftOutCause;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads the images of a folder. Its fingerprint is that of the names of all classes and of the
 * names and contents of the images that are taken in, in the order of the names.
 */
final class FolderExamination implements Examination {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Stands for the digest of a file that is left out; its note is the cause. */
  private static final byte[] LEFT_OUT = new byte[Sha256.BYTES];

  /** What is known of a file: its digest, and its header or why it is left out. */
  private record Known(byte[] digest, long note) {}

  private final Map<Part, ImageFolder> parts;
  private final List<String> classes;
  private final FileDigests known;
  private final FileDigests found = new FileDigests();
  private final Sha256 all = new Sha256().add("images");
  private final List<Integer> counts;
  private final byte[] buffer = new byte[1 << 16];
  private final Iterator<Map.Entry<Part, ImageFolder>> more;
  private Iterator<Path> files = Collections.emptyIterator();
  private ImageFolder folder;
  private int index = -1;

  /** The index of the class at hand among all classes. */
  private int label;

  private long key = Stamp.FNV_OFFSET;
  private final ImageCensus census = new ImageCensus(true);
  private final LeftOutFiles leftOut = new LeftOutFiles();
  private int samples;
  private int skipped;
  private volatile long remaining;

  /**
   * @param bytes of all files
   * @param known digests of files that were read before
   */
  FolderExamination(ImageFolder folder, long bytes, FileDigests known) {
    this(Map.of(Part.TRAIN, folder), bytes, known);
    this.folder = more.next().getValue();
  }

  /**
   * Reads images that come in parts; the part that each class is of is told before it.
   *
   * @param parts the folders, in the order of the parts; those for training have all classes
   */
  FolderExamination(Map<Part, ImageFolder> parts, long bytes, FileDigests known) {
    this.parts = parts;
    this.known = known;
    this.remaining = bytes;
    this.classes = parts.get(Part.TRAIN).classes();
    this.counts = new ArrayList<>(Collections.nCopies(classes.size(), 0));
    this.more = parts.entrySet().iterator();
  }

  @Override
  public DatasetFacts step() throws IOException {
    long end = System.nanoTime() + SLICE_NANOS;
    while (samples <= DatasetLimits.SAMPLES) {
      if (files.hasNext()) {
        take(files.next());
      } else if (folder != null && ++index < folder.classes().size()) {
        all.add("class").add(folder.classes().get(index));
        label = classes.indexOf(folder.classes().get(index));
        files = folder.files(index).iterator();
        folder.addOthers(index, leftOut);
      } else if (more.hasNext()) {
        Map.Entry<Part, ImageFolder> next = more.next();
        folder = next.getValue();
        index = -1;
        all.add("part").add(next.getKey().json());
        key = Stamp.hash(Stamp.FNV_OFFSET, next.getKey().json());
      } else {
        parts.values().forEach(of -> leftOut.addAll(of.beside()));
        return ImageDataset.facts(classes, counts, census, skipped, all.hex()).of(leftOut.list());
      }
      if (System.nanoTime() - end > 0) {
        return null;
      }
    }
    return DatasetFacts.problem(ImageDataset.tooMany(samples));
  }

  private void take(Path file) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      skipped++;
      leftOut.add(LeftOutCause.NO_FILE, folder.relative(file));
      return;
    }
    String name = folder.name(file);
    String of = folder.classes().get(index);
    long place = Stamp.hash(Stamp.hash(Stamp.hash(key, of), name), attributes);
    byte[] digest = known.get(place);
    Known now = digest == null ? read(file) : new Known(digest, known.note(place));
    if (!Stamp.isYoung(attributes.lastModifiedTime().toMillis())) {
      found.put(place, now.digest, now.note);
    }
    remaining = Math.max(0, remaining - attributes.size());
    if (Arrays.equals(now.digest, LEFT_OUT)) {
      skipped++;
      leftOut.add(LeftOutCause.values()[(int) now.note], folder.relative(file));
      return;
    }
    ImageHeader header = ImageHeader.unpacked(now.note);
    ImageFolder from = folder;
    census.add(header, () -> from.greatest(file, header));
    counts.set(label, counts.get(label) + 1);
    samples++;
    all.add("image").add(name).add(now.digest);
  }

  private Known read(Path file) throws IOException {
    ImageFolder.Checked checked = folder.check(file);
    if (checked.flaw() != null) {
      return new Known(LEFT_OUT, checked.cause().ordinal());
    }
    MessageDigest digest = Sha256.create();
    // What lies beyond is never decoded.
    long left = ImageDecoder.mostBytes(checked.header()) + 1L;
    try (InputStream stream = Files.newInputStream(file)) {
      int read = stream.read(buffer);
      while (read > 0 && left > 0) {
        digest.update(buffer, 0, (int) Math.min(read, left));
        left -= read;
        read = stream.read(buffer);
      }
    }
    return new Known(digest.digest(), checked.header().packed());
  }

  @Override
  public long remaining() {
    return remaining;
  }

  @Override
  public FileDigests digests() {
    return found;
  }
}
