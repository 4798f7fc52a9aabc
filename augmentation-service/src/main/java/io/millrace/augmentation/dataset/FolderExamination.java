package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketPath;
import io.millrace.contracts.dataset.LeftOutCause;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
 * Reads the images of a folder. The fingerprint covers the names of all classes, and the names and
 * contents of the accepted images, in the order of the names.
 */
final class FolderExamination implements Examination {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Replaces the digest of a skipped file; its note is the cause. */
  private static final byte[] LEFT_OUT = new byte[Sha256.BYTES];

  /** Facts about a file: its digest, and its header or why it is skipped. */
  private record Known(byte[] digest, long note) {}

  /**
   * A file after a look at it.
   *
   * @param attributes null if the file no longer exists
   * @param place the key of the facts about it
   */
  private record Seen(Path file, BasicFileAttributes attributes, long place, Known known) {}

  private final Map<Part, ImageFolder> parts;
  private final List<String> classes;
  private final FileDigests known;
  private final FileDigests found = new FileDigests();
  private final Sha256 all = new Sha256().add("images");
  private final List<Integer> counts;

  /** A buffer for local files, which are read one after the other. */
  private final byte[] buffer = new byte[1 << 16];

  private final Iterator<Map.Entry<Part, ImageFolder>> more;
  private ReadAhead<Seen> files = new ReadAhead<>(List.of(), this::look, false);
  private ImageFolder folder;
  private int index = -1;

  /** The index of the current class among all classes. */
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
   * Reads images that come in parts; the digest contains the part before each class.
   *
   * @param parts the folders, in the order of the parts; the training folder has all classes
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
        files = new ReadAhead<>(folder.files(index), this::look, folder.limits().decodesAll());
        folder.addOthers(index, leftOut);
      } else if (more.hasNext()) {
        Map.Entry<Part, ImageFolder> next = more.next();
        folder = next.getValue();
        index = -1;
        all.add("part").add(next.getKey().json());
        key = Stamp.hash(Stamp.FNV_OFFSET, next.getKey().json());
      } else {
        parts.values().forEach(of -> leftOut.addAll(of.beside()));
        return (parts.get(Part.TRAIN).hasTargets()
                ? ImageDataset.facts(samples, census, skipped, all.hex())
                : ImageDataset.facts(classes, counts, census, skipped, all.hex()))
            .of(leftOut.list());
      }
      if (System.nanoTime() - end > 0) {
        return null;
      }
    }
    return DatasetFacts.problem(ImageDataset.tooMany(samples));
  }

  /** Looks at a file of the current class; several threads may do this concurrently. */
  private Seen look(Path file) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return new Seen(file, null, 0, null);
    }
    String of = folder.classes().get(index);
    long place = Stamp.hash(Stamp.hash(Stamp.hash(key, of), folder.name(file)), attributes);
    byte[] digest = known.get(place);
    return new Seen(
        file,
        attributes,
        place,
        digest == null ? read(file) : new Known(digest, known.note(place)));
  }

  private void take(Seen seen) throws IOException {
    Path file = seen.file;
    if (seen.attributes == null) {
      skipped++;
      leftOut.add(LeftOutCause.NO_FILE, folder.relative(file));
      return;
    }
    Known now = seen.known;
    if (!Stamp.isYoung(seen.attributes.lastModifiedTime().toMillis())) {
      found.put(seen.place, now.digest, now.note);
    }
    remaining = Math.max(0, remaining - seen.attributes.size());
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
    all.add("image").add(folder.name(file)).add(now.digest);
    if (folder.hasTargets()) {
      all.add("target").add(Float.toString(folder.target(file)));
    }
  }

  private Known read(Path file) throws IOException {
    ImageFolder.Checked checked = folder.check(file);
    if (checked.flaw() != null) {
      return new Known(LEFT_OUT, checked.cause().ordinal());
    }
    return new Known(digest(file, checked.header()), checked.header().packed());
  }

  /**
   * The digest of a file; for a file in a bucket, that of its size and entity tag, without fetching
   * the content.
   */
  private byte[] digest(Path file, ImageHeader header) throws IOException {
    MessageDigest digest = Sha256.create();
    if (file instanceof BucketPath object) {
      String version = "object " + Files.size(file) + " " + object.entityTag();
      return digest.digest(version.getBytes(StandardCharsets.UTF_8));
    }
    // Bytes beyond this limit are never decoded.
    long left = ImageDecoder.mostBytes(header) + 1L;
    try (InputStream stream = Files.newInputStream(file)) {
      int read = stream.read(buffer);
      while (read > 0 && left > 0) {
        digest.update(buffer, 0, (int) Math.min(read, left));
        left -= read;
        read = stream.read(buffer);
      }
    }
    return digest.digest();
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
