package io.millrace.augmentation.dataset;

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
import java.util.concurrent.TimeUnit;

/**
 * Reads the images of a folder. Its fingerprint is that of the names of all classes and of the
 * names and contents of the images that are taken in, in the order of the names.
 */
final class FolderExamination implements Examination {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Stands for the digest of a file that is left out. */
  private static final byte[] LEFT_OUT = new byte[Sha256.BYTES];

  private final ImageFolder folder;
  private final FileDigests known;
  private final FileDigests found = new FileDigests();
  private final Sha256 all = new Sha256().add("images");
  private final List<Integer> counts;
  private final byte[] buffer = new byte[1 << 16];
  private Iterator<Path> files = Collections.emptyIterator();
  private int index = -1;
  private ImageHeader first;
  private int samples;
  private int skipped;
  private volatile long remaining;

  /**
   * @param bytes of all files
   * @param known digests of files that were read before
   */
  FolderExamination(ImageFolder folder, long bytes, FileDigests known) {
    this.folder = folder;
    this.known = known;
    this.remaining = bytes;
    this.counts = new ArrayList<>(Collections.nCopies(folder.classes().size(), 0));
  }

  @Override
  public DatasetFacts step() throws IOException {
    long end = System.nanoTime() + SLICE_NANOS;
    while (samples <= DatasetLimits.SAMPLES) {
      if (files.hasNext()) {
        take(files.next());
      } else if (++index < folder.classes().size()) {
        all.add("class").add(folder.classes().get(index));
        files = folder.files(index).iterator();
      } else {
        return ImageDataset.facts(folder.classes(), counts, first, skipped, all.hex());
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
      return;
    }
    String name = file.getFileName().toString();
    long key = Stamp.hash(Stamp.FNV_OFFSET, folder.classes().get(index));
    key = Stamp.hash(Stamp.hash(key, name), attributes);
    byte[] digest = known.get(key);
    if (digest == null) {
      digest = read(file);
    }
    if (!Stamp.isYoung(attributes.lastModifiedTime().toMillis())) {
      found.put(key, digest);
    }
    remaining = Math.max(0, remaining - attributes.size());
    if (Arrays.equals(digest, LEFT_OUT)) {
      skipped++;
      return;
    }
    if (first == null) {
      first = folder.check(file).header();
    }
    counts.set(index, counts.get(index) + 1);
    samples++;
    all.add("image").add(name).add(digest);
  }

  private byte[] read(Path file) throws IOException {
    ImageFolder.Checked checked = folder.check(file);
    if (checked.flaw() != null) {
      return LEFT_OUT;
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
