package io.millrace.trainer.events;

import io.millrace.contracts.event.TrainingEvent;

/** Publishes the events of a run. */
public interface Events {

  /** Publishes an event, without waiting. */
  void publish(TrainingEvent event);

  /**
   * Waits until everything published so far is stored.
   *
   * @throws org.apache.kafka.common.KafkaException if some of it was not stored
   */
  void confirm();

  /**
   * The same publisher for events under a claim.
   *
   * @param claim the claim's version: readers that have seen a higher version of the run ignore the
   *     event
   */
  Events under(int claim);
}
