package io.millrace.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The valid tokens, by their digests. */
final class Tokens {
  private static final int DIGEST_BYTES = 32;

  private record Known(byte[] digest, Caller caller) {}

  private final List<Known> known = new ArrayList<>();

  /**
   * @throws IllegalArgumentException naming the setting that is not a digest
   */
  Tokens(Map<String, AccessSettings.Token> tokens) {
    tokens.forEach(
        (name, token) -> known.add(new Known(digest(name, token), new Caller(name, token.role()))));
  }

  private static byte[] digest(String name, AccessSettings.Token token) {
    String setting = "millrace.auth.tokens." + name + ".sha256";
    try {
      byte[] digest = HexFormat.of().parseHex(token.sha256().strip());
      if (digest.length == DIGEST_BYTES) {
        return digest;
      }
    } catch (IllegalArgumentException e) {
      // Reported below. This exception's message would repeat what may be a plain token.
    }
    throw new IllegalArgumentException(
        setting
            + " is not a SHA-256; give 64 hexadecimal digits, as printed by: printf %s TOKEN |"
            + " sha256sum");
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  /** The user of a token. It compares all digests in constant time, whichever matches. */
  Optional<Caller> find(String token) {
    byte[] digest = sha256(token);
    Caller found = null;
    for (Known one : known) {
      if (MessageDigest.isEqual(one.digest, digest)) {
        found = one.caller;
      }
    }
    return Optional.ofNullable(found);
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
