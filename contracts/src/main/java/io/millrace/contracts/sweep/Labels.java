package io.millrace.contracts.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Swept values as parts of a variant's name. */
final class Labels {
  private static final int MAX_NAME = 100;
  private static final int DIGEST_BYTES = 4;

  private Labels() {}

  /** A value in short: itself, or the {@code type} of an object. */
  static String of(JsonNode value) {
    if (value.isObject()) {
      return value.path("type").isTextual() ? of(value.path("type")) : "object";
    }
    if (value.isArray()) {
      var parts = new ArrayList<String>();
      value.forEach(element -> parts.add(of(element)));
      return String.join("x", parts);
    }
    return value.isNull() ? "none" : value.asText().replaceAll("[^A-Za-z0-9._-]+", "-");
  }

  /** A name of the parts; one too long ends in the digest of what was cut. */
  static String name(List<String> parts) {
    String name = String.join("_", parts);
    if (name.length() <= MAX_NAME) {
      return name;
    }
    String digest = "-" + digest(name);
    return name.substring(0, MAX_NAME - digest.length()) + digest;
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
