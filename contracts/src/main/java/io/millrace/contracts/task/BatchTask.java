package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;

/**
 * A task for any augmentation service, on the topic {@code batch-tasks}. It is self-contained. The
 * answers go to the run's batch topic with the task's {@link #key} as the record key.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(BatchTask.Describe.class),
  @JsonSubTypes.Type(BatchTask.Produce.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface BatchTask {
  /** The version of the message that this code writes, and the newest that it reads. */
  int VERSION = 1;

  /** The most batches of one task. */
  int MAX_BATCHES = 1_024;

  /** See {@link #VERSION}. */
  Integer version();

  /** The source of the batches. */
  BatchSource source();

  /** The key of the task's record and of the records that answer it. */
  String key();

  /** Requests a {@link DatasetDescription} of the source's data set. */
  @JsonTypeName("describe")
  record Describe(Integer version, BatchSource source) implements BatchTask {
    public Describe {
      version = Check.range("version", Check.orElse(version, VERSION), 1, VERSION);
      Check.required("source", source);
    }

    @Override
    public String key() {
      return source.run() + "/describe";
    }
  }

  /**
   * Requests batches. Each batch is one record.
   *
   * @param part the part of the data set; only {@link Part#TRAIN} is shuffled and augmented
   * @param epoch counts from 0; 0 for the evaluation parts, which are the same in every epoch
   * @param firstBatch counts from 0 within the epoch
   * @param batchCount 1..1,024
   * @param partition the partition of the batch topic that gets the answers
   */
  @JsonTypeName("produce")
  record Produce(
      Integer version,
      BatchSource source,
      Part part,
      Integer epoch,
      Integer firstBatch,
      Integer batchCount,
      Integer partition)
      implements BatchTask {
    public Produce {
      version = Check.range("version", Check.orElse(version, VERSION), 1, VERSION);
      Check.required("source", source);
      Check.required("part", part);
      epoch = Check.range("epoch", epoch, 0, 1_000_000);
      firstBatch = Check.range("first_batch", firstBatch, 0, Integer.MAX_VALUE);
      batchCount = Check.range("batch_count", batchCount, 1, MAX_BATCHES);
      partition = Check.range("partition", Check.orElse(partition, 0), 0, 1_000);
    }

    @Override
    public String key() {
      return source.run() + "/" + part.json() + "/" + epoch + "/" + firstBatch + "+" + batchCount;
    }
  }
}
