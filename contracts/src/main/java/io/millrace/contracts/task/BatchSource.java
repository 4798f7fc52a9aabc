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
 * All that a batch depends on beside its part, epoch and index: the same source gives the same
 * bytes, on any machine and at any time.
 *
 * @param run whose batch topic the answers go to; it does not change the batches
 * @param dataset the data and their split
 * @param augmentation transforms of the training part
 * @param seed of the order of the training samples and of their transforms
 * @param batchSize samples of a batch; an epoch's last one holds what is left
 * @param fingerprint of the data that are meant, see {@link
 *     io.millrace.contracts.dataset.DatasetAnnouncement}: an augmenter that has other data under
 *     the name says so; null for whatever data there are
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

  /** A source of whatever data there are. */
  public BatchSource(
      String run, DatasetSpec dataset, Augmentation augmentation, Long seed, Integer batchSize) {
    this(run, dataset, augmentation, seed, batchSize, null);
  }

  /** The same, of the data of a fingerprint; null for whatever data there are. */
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
   * The first 16 hexadecimal digits of the SHA-256 of this source's JSON, every default filled in:
   * answers say with it which source they are for.
   */
  public String digest() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Messages.write(this));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** How many batches a number of samples makes, the last one perhaps a short one. */
  public static int batches(long samples, int batchSize) {
    return Math.toIntExact((samples + batchSize - 1) / batchSize);
  }
}
