package io.millrace.augmentation.dataset;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 digest of texts and other digests, for the fingerprints of data sets. */
final class Sha256 {
  /** The length of a digest in bytes. */
  static final int BYTES = 32;

  private final MessageDigest digest = create();

  /** Creates an empty digest. */
  static MessageDigest create() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Adds a text after its length, so that different lists of texts give different digests. */
  Sha256 add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int shift = 24; shift >= 0; shift -= 8) {
      digest.update((byte) (bytes.length >>> shift));
    }
    digest.update(bytes);
    return this;
  }

  /** Adds a digest. */
  Sha256 add(byte[] other) {
    digest.update(other);
    return this;
  }

  /** The digest as 64 hexadecimal digits. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
