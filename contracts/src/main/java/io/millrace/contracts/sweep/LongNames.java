package io.millrace.contracts.sweep;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Shortens composed names that exceed the longest name. */
public final class LongNames {
  private static final int MAX_NAME = 100;
  private static final int DIGEST_BYTES = 4;

  private LongNames() {}

  /**
   * A name with an ending, at most as long as a name may be. A longer name is cut, with its digest
   * before the ending.
   *
   * @param name made of characters that names may have
   * @param end the ending, which is never cut
   */
  public static String fit(String name, String end) {
    int room = MAX_NAME - end.length();
    if (name.length() <= room) {
      return name + end;
    }
    String digest = "-" + digest(name);
    return name.substring(0, room - digest.length()) + digest + end;
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
