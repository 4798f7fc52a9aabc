package io.millrace.results.web;

import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A static file of this service. */
record Asset(byte[] content, String type, EntityTag tag) {

  /**
   * Loads a file; null if it does not exist.
   *
   * @param name from this package
   */
  static Asset load(String name, String type) {
    try (InputStream file = Asset.class.getResourceAsStream(name)) {
      if (file == null) {
        return null;
      }
      byte[] content = file.readAllBytes();
      String digest =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 16);
      return new Asset(content, type, new EntityTag(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java runtime has SHA-256.
    }
  }

  /** Browsers revalidate each time, so that a page never mixes files of two versions. */
  Response answer(Request request) {
    Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
    return (unchanged != null ? unchanged : Response.ok(content, type))
        .tag(tag)
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        .build();
  }
}
