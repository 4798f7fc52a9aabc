package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;

/**
 * A piece of work for any augmenter, on the topic {@code batch-tasks}. It holds all that the work
 * depends on; the answers go to the run's batch topic, under the task's {@link #key} as the
 * records' key.
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

  /** The most batches that one task may ask for. */
  int MAX_BATCHES = 1_024;

  /** See {@link #VERSION}. */
  Integer version();

  /** What the batches are made from. */
  BatchSource source();

  /** The key of the task and of the records that answer it. */
  String key();

  /** "What is in this data set?", answered by one {@link DatasetDescription}. */
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
   * "Make these batches", answered by a record for each.
   *
   * @param part of the split; only {@link Part#TRAIN} is shuffled and augmented
   * @param epoch counts from 0; 0 for the evaluation parts, which are the same in every epoch
   * @param firstBatch counts from 0 within the epoch
   * @param batchCount 1..1,024
   * @param partition of the batch topic that the answers go to
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
