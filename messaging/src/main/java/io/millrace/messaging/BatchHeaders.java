package io.millrace.messaging;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.task.TaskFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of a record on a batch topic. Each is a UTF-8 text; numbers are decimal.
 *
 * @param kind the kind of the record's value
 * @param part the part of a batch; null if the record is not a batch
 * @param epoch the epoch of a batch, from 0
 * @param batch the batch's index within the epoch, from 0
 * @param source the {@link BatchSource#digest} of the task's source; null from augmentation
 *     services that do not set it
 */
public record BatchHeaders(Kind kind, Part part, int epoch, int batch, String source) {
  private static final String KIND = "millrace-kind";
  private static final String PART = "millrace-part";
  private static final String EPOCH = "millrace-epoch";
  private static final String BATCH = "millrace-batch";
  private static final String SOURCE = "millrace-source";

  /** The kind of a record's value on a batch topic. */
  public enum Kind {
    /** A batch, as safetensors with the tensors {@code features} and {@code labels}. */
    BATCH,
    /** A {@link DatasetDescription}. */
    DESCRIPTION,
    /** A {@link TaskFailure}. */
    FAILURE,
    /**
     * The standardization of the images in the batches, as safetensors. It follows the description
     * if {@code augmentation} standardizes.
     */
    STATISTICS
  }

  /** The headers of a batch. */
  public static BatchHeaders batch(Part part, int epoch, int batch) {
    return new BatchHeaders(Kind.BATCH, part, epoch, batch, null);
  }

  /** The headers of an answer that is not a batch. */
  public static BatchHeaders of(Kind kind) {
    return new BatchHeaders(kind, null, 0, 0, null);
  }

  /**
   * A copy for the answer to a task. A run id may be used again, and then a late answer must not
   * count as an answer to the new run's task.
   */
  public BatchHeaders answering(BatchSource task) {
    return new BatchHeaders(kind, part, epoch, batch, task.digest());
  }

  /** Adds these to a record's headers. */
  public void addTo(Headers headers) {
    add(headers, KIND, kind.name());
    if (part != null) {
      add(headers, PART, part.name());
      add(headers, EPOCH, Integer.toString(epoch));
      add(headers, BATCH, Integer.toString(batch));
    }
    if (source != null) {
      add(headers, SOURCE, source);
    }
  }

  /**
   * Reads a record's headers.
   *
   * @throws InvalidMessageException if a header is missing or invalid
   */
  public static BatchHeaders from(Headers headers) {
    Kind kind = constant(headers, KIND, Kind.values());
    Header source = headers.lastHeader(SOURCE);
    String digest = source == null || source.value() == null ? null : text(headers, SOURCE);
    return kind == Kind.BATCH
        ? new BatchHeaders(
            kind,
            constant(headers, PART, Part.values()),
            number(headers, EPOCH),
            number(headers, BATCH),
            digest)
        : new BatchHeaders(kind, null, 0, 0, digest);
  }

  private static <E extends Enum<E>> E constant(Headers headers, String name, E[] constants) {
    String text = text(headers, name);
    for (E constant : constants) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    throw new InvalidMessageException(
        "headers." + name,
        Check.quote(text) + " is not known; give one of " + Arrays.toString(constants));
  }

  private static int number(Headers headers, String name) {
    String text = text(headers, name);
    try {
      return Check.range("headers." + name, Integer.valueOf(text), 0, Integer.MAX_VALUE);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(
          "headers." + name,
          Check.quote(text) + " is not an integer in range; give 0.." + Integer.MAX_VALUE);
    }
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null) {
      throw new InvalidMessageException("headers." + name, "is required");
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }
}
