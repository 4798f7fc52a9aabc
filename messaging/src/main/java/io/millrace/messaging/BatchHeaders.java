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
 * The headers of a record on a batch topic, each a text in UTF-8, numbers in decimal.
 *
 * @param kind what the record's value is
 * @param part of a batch; null where the record is not one
 * @param epoch of a batch, from 0
 * @param batch its index within the epoch, from 0
 * @param source the {@link BatchSource#digest} of the task's source; null from augmenters that tell
 *     none
 */
public record BatchHeaders(Kind kind, Part part, int epoch, int batch, String source) {
  private static final String KIND = "millrace-kind";
  private static final String PART = "millrace-part";
  private static final String EPOCH = "millrace-epoch";
  private static final String BATCH = "millrace-batch";
  private static final String SOURCE = "millrace-source";

  /** What a record on a batch topic holds. */
  public enum Kind {
    /** A batch, as safetensors with the tensors {@code features} and {@code labels}. */
    BATCH,
    /** A {@link DatasetDescription}. */
    DESCRIPTION,
    /** A {@link TaskFailure}. */
    FAILURE,
    /**
     * How the images of the batches were standardized, as safetensors; it follows the description
     * where {@code augmentation} standardizes.
     */
    STATISTICS
  }

  /** Headers of a batch. */
  public static BatchHeaders batch(Part part, int epoch, int batch) {
    return new BatchHeaders(Kind.BATCH, part, epoch, batch, null);
  }

  /** Headers of an answer that is not a batch. */
  public static BatchHeaders of(Kind kind) {
    return new BatchHeaders(kind, null, 0, 0, null);
  }

  /**
   * The same, in an answer to a task: a run id may be used again, and then an answer that comes
   * late must not be taken for one to the new run's task.
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
   * @throws InvalidMessageException where one is missing or is not of its form
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
          "headers." + name, Check.quote(text) + " is not an integer in range");
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
