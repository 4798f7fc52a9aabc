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

/** A file of a data set, in a root or packaged with the service. */
sealed interface DataFile {

  /** The file's own name, for messages. */
  String name();

  /** Its size in bytes, as it is stored. */
  long size() throws IOException;

  /** Its bytes, as they are stored. */
  InputStream open() throws IOException;

  /** A stamp that changes when the file changes. */
  Stamp stamp() throws IOException;

  /** A file in a root. */
  record OnDisk(Path path) implements DataFile {
    /** The local file; for a file in a bucket, a copy. */
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
        throw new IOException(resource + " is not packaged with the service");
      }
      return stream;
    }

    @Override
    public Stamp stamp() throws IOException {
      return new Stamp(resource, Long.MIN_VALUE, 0);
    }
  }

  /**
   * A file whose uncompressed bytes are added to a digest as they are read, so that the same data
   * have the same digest, compressed or not.
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

  /** This file with a new digest. */
  default Digested digested() {
    return new Digested(this, Sha256.create());
  }

  /**
   * All bytes of the file, decompressed if it is in gzip format.
   *
   * @param most the maximum number of bytes, uncompressed
   * @throws InvalidMessageException if it has more
   */
  default byte[] read(int most) throws IOException {
    try (InputStream bytes = new LimitedStream(unpacked(), this, most)) {
      return bytes.readAllBytes();
    }
  }

  /**
   * The file as text in UTF-8, or in UTF-16 if it starts with that byte order mark; decompressed if
   * it is in gzip format. Reading it throws {@link InvalidMessageException} if it has more bytes
   * than allowed.
   *
   * @param most the maximum number of bytes, uncompressed
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

  /** A stream of the file's bytes, decompressed if it is in gzip format. */
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

  /** Creates the exception for a file with more than {@code most} bytes. */
  default InvalidMessageException tooLarge(long most) {
    return new InvalidMessageException(
        "dataset.name", name() + " has more than " + most + " bytes, the limit of this service");
  }
}
