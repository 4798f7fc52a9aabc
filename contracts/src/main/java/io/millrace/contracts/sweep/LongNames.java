package io.millrace.contracts.sweep;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that are made of others, and may become too long for one. */
public final class LongNames {
  private static final int MAX_NAME = 100;
  private static final int DIGEST_BYTES = 4;

  private LongNames() {}

  /**
   * A name in the room of names; one that is too long is cut, and has its digest before its end.
   *
   * @param name of the characters of names
   * @param end that is never cut
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
