package io.millrace.augmentation.dataset;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages files as disks, networks and attackers do. */
final class Mutation {
  private static final int[] SPECIAL = {0, 1, 0x7F, 0x80, 0xFF, 0xD8, 0xD9, 0xDA, 0xC2, '"', ','};

  private final RandomGenerator random;

  Mutation(RandomGenerator random) {
    this.random = random;
  }

  /** One of the files with one to six changes, or sometimes only noise. */
  byte[] of(List<byte[]> files) {
    if (random.nextInt(50) == 0) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] mutated = any(files).clone();
    for (int change = random.nextInt(1, 7); change > 0; change--) {
      mutated = changed(mutated, files);
    }
    return mutated;
  }

  private byte[] any(List<byte[]> files) {
    return files.get(random.nextInt(files.size()));
  }

  private byte[] changed(byte[] file, List<byte[]> files) {
    int at = place(file);
    if (at < 0) {
      return file;
    }
    switch (random.nextInt(7)) {
      case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> file[at] = (byte) random.nextInt(256);
      case 2 -> file[at] = (byte) SPECIAL[random.nextInt(SPECIAL.length)];
      case 3 ->
          Arrays.fill(
              file,
              at,
              Math.min(file.length, at + random.nextInt(1, 9)),
              (byte) SPECIAL[random.nextInt(SPECIAL.length)]);
      case 4 -> {
        return random.nextInt(4) == 0 ? Arrays.copyOf(file, at) : file;
      }
      case 5 -> {
        return spliced(file, at, file, place(file));
      }
      default -> {
        byte[] other = any(files);
        return spliced(file, at, other, place(other));
      }
    }
    return file;
  }

  /** A random position, more often one in the first 200 bytes; -1 in an empty file. */
  private int place(byte[] file) {
    int reach = random.nextBoolean() ? Math.min(file.length, 200) : file.length;
    return reach == 0 ? -1 : random.nextInt(reach);
  }

  /** The first {@code at} bytes of one file, then those of another file from {@code from} on. */
  private static byte[] spliced(byte[] file, int at, byte[] other, int from) {
    int start = Math.max(0, from);
    byte[] spliced = Arrays.copyOf(file, at + other.length - start);
    System.arraycopy(other, start, spliced, at, other.length - start);
    return spliced;
  }
}
