package io.millrace.contracts.task;

import io.millrace.contracts.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of a record on a batch topic, each a text in UTF-8, numbers in decimal.
 *
 * @param kind what the record's value is
 * @param part of a batch; null where the record is not one
 * @param epoch of a batch
 * @param batch its index within the epoch
 */
public record BatchHeaders(Kind kind, Part part, int epoch, int batch) {
  private static final String KIND = "millrace-kind";
  private static final String PART = "millrace-part";
  private static final String EPOCH = "millrace-epoch";
  private static final String BATCH = "millrace-batch";

  /** What a record on a batch topic holds. */
  public enum Kind {
    /** A batch, as safetensors with the tensors {@code features} and {@code labels}. */
    BATCH,
    /** A {@link DatasetDescription}. */
    DESCRIPTION,
    /** A {@link TaskFailure}. */
    FAILURE
  }

  /** Headers of a batch. */
  public static BatchHeaders batch(Part part, int epoch, int batch) {
    return new BatchHeaders(Kind.BATCH, part, epoch, batch);
  }

  /** Headers of an answer that is not a batch. */
  public static BatchHeaders of(Kind kind) {
    return new BatchHeaders(kind, null, 0, 0);
  }

  /** Adds these to a record's headers. */
  public void addTo(Headers headers) {
    add(headers, KIND, kind.name());
    if (part != null) {
      add(headers, PART, part.name());
      add(headers, EPOCH, Integer.toString(epoch));
      add(headers, BATCH, Integer.toString(batch));
    }
  }

  /**
   * Reads a record's headers.
   *
   * @throws InvalidMessageException where one is missing or is not of its form
   */
  public static BatchHeaders from(Headers headers) {
    try {
      Kind kind = Kind.valueOf(text(headers, KIND));
      return kind == Kind.BATCH
          ? batch(
              Part.valueOf(text(headers, PART)),
              Integer.parseInt(text(headers, EPOCH)),
              Integer.parseInt(text(headers, BATCH)))
          : of(kind);
    } catch (InvalidMessageException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("headers", e.getMessage());
    }
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null) {
      throw new InvalidMessageException("headers." + name, "is required");
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
