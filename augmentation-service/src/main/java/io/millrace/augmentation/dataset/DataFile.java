package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketPath;
import io.millrace.contracts.InvalidMessageException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A file of a data set, in a root or packed with the service. */
sealed interface DataFile {

  /** The file's own name, for messages. */
  String name();

  /** Its size in bytes, as it is stored. */
  long size() throws IOException;

  /** Its bytes, as they are stored. */
  InputStream open() throws IOException;

  /** What tells whether it has changed. */
  Stamp stamp() throws IOException;

  /** A file in a root. */
  record OnDisk(Path path) implements DataFile {
    /** The file on this machine; of one in a bucket, a copy. */
    Path local() throws IOException {
      return path instanceof BucketPath object ? object.local() : path;
    }

    @Override
    public String name() {
      return path.getFileName().toString();
    }

    @Override
    public long size() throws IOException {
      return Files.size(path);
    }

    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(path);
    }

    @Override
    public Stamp stamp() throws IOException {
      return Stamp.of(path.toString(), Files.readAttributes(path, BasicFileAttributes.class));
    }
  }

  /** A resource of the service. */
  record Packed(String resource) implements DataFile {
    @Override
    public String name() {
      return resource.substring(resource.lastIndexOf('/') + 1);
    }

    @Override
    public long size() throws IOException {
      try (InputStream stream = open()) {
        return stream.transferTo(OutputStream.nullOutputStream());
      }
    }

    @Override
    public InputStream open() throws IOException {
      InputStream stream = DataFile.class.getClassLoader().getResourceAsStream(resource);
      if (stream == null) {
        throw new IOException(resource + " is not packed with the service");
      }
      return stream;
    }

    @Override
    public Stamp stamp() throws IOException {
      return new Stamp(resource, Long.MIN_VALUE, 0);
    }
  }

  /**
   * A file whose unpacked bytes are added to a digest as they are read, so that the same data have
   * the same digest, packed or not.
   */
  record Digested(DataFile file, MessageDigest digest) implements DataFile {
    @Override
    public String name() {
      return file.name();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public InputStream open() throws IOException {
      return file.open();
    }

    @Override
    public Stamp stamp() throws IOException {
      return file.stamp();
    }

    @Override
    public InputStream unpacked() throws IOException {
      return new DigestInputStream(file.unpacked(), digest);
    }
  }

  /** This file, with a digest of its own. */
  default Digested digested() {
    return new Digested(this, Sha256.create());
  }

  /**
   * All bytes of the file, unpacked if it is in gzip's format.
   *
   * @param most the most bytes it may have, unpacked
   * @throws InvalidMessageException where it has more
   */
  default byte[] read(int most) throws IOException {
    try (InputStream bytes = new LimitedStream(unpacked(), this, most)) {
      return bytes.readAllBytes();
    }
  }

  /**
   * The file as text in UTF-8, or in UTF-16 where it begins with its byte order mark; unpacked if
   * it is in gzip's format. Reading it throws {@link InvalidMessageException} where it has more
   * bytes.
   *
   * @param most the most bytes it may have, unpacked
   */
  default Reader text(int most) throws IOException {
    var stream = new PushbackInputStream(new LimitedStream(unpacked(), this, most), 2);
    try {
      byte[] mark = stream.readNBytes(2);
      stream.unread(mark);
      return new InputStreamReader(stream, charset(mark));
    } catch (IOException | InvalidMessageException e) {
      stream.close();
      throw e;
    }
  }

  private static Charset charset(byte[] mark) {
    if (Arrays.equals(mark, new byte[] {(byte) 0xfe, (byte) 0xff})) {
      return StandardCharsets.UTF_16BE;
    }
    return Arrays.equals(mark, new byte[] {(byte) 0xff, (byte) 0xfe})
        ? StandardCharsets.UTF_16LE
        : StandardCharsets.UTF_8;
  }

  /** A stream of the file's bytes, unpacked if it is in gzip's format. */
  default InputStream unpacked() throws IOException {
    var stream = new PushbackInputStream(new BufferedInputStream(open()), 2);
    try {
      byte[] magic = stream.readNBytes(2);
      stream.unread(magic);
      return Arrays.equals(magic, new byte[] {0x1f, (byte) 0x8b})
          ? new GZIPInputStream(stream, 65_536)
          : stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  /** The complaint about a file that has more than {@code most} bytes. */
  default InvalidMessageException tooLarge(long most) {
    return new InvalidMessageException(
        "dataset.name", name() + " has more than the " + most + " bytes that are read here");
  }
}
