package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TrainingRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Everything that determines a batch except its part, epoch and index. The same source gives the
 * same bytes on every machine at any time.
 *
 * @param run the run whose batch topic gets the answers; it does not change the batches
 * @param dataset the data set and its split
 * @param augmentation transforms of the training part
 * @param seed the seed of the order of the training samples and of their transforms
 * @param batchSize samples per batch; the last batch of an epoch has the rest
 * @param fingerprint the expected fingerprint of the data, see {@link
 *     io.millrace.contracts.dataset.DatasetAnnouncement}; an augmentation service that has other
 *     data under the name answers with a failure; null to accept any data
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BatchSource(
    String run,
    DatasetSpec dataset,
    Augmentation augmentation,
    Long seed,
    Integer batchSize,
    String fingerprint) {
  private static final int DIGEST_BYTES = 8;

  public BatchSource {
    Check.name("run", run);
    Check.required("dataset", dataset);
    augmentation = Check.orElse(augmentation, Augmentation.NONE);
    Check.required("seed", seed);
    batchSize = Check.range("batch_size", batchSize, 1, 4_096);
  }

  /** A source that accepts any data under the data set's name. */
  public BatchSource(
      String run, DatasetSpec dataset, Augmentation augmentation, Long seed, Integer batchSize) {
    this(run, dataset, augmentation, seed, batchSize, null);
  }

  /** A copy that expects the data with this fingerprint; null to accept any data. */
  public BatchSource of(String data) {
    return new BatchSource(run, dataset, augmentation, seed, batchSize, data);
  }

  /** The source of a request's batches. */
  public static BatchSource of(TrainingRequest request) {
    return new BatchSource(
        request.run(),
        request.dataset(),
        request.augmentation(),
        request.seed(),
        request.batchSize());
  }

  /**
   * The first 16 hexadecimal digits of the SHA-256 of this source's JSON with every default filled
   * in. Answers carry it to identify their source.
   */
  public String digest() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Messages.write(this));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** The number of batches for a number of samples; the last one may be smaller. */
  public static int batches(long samples, int batchSize) {
    return Math.toIntExact((samples + batchSize - 1) / batchSize);
  }
}
