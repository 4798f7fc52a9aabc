package io.millrace.trainer.events;

import io.millrace.contracts.event.TrainingEvent;

/** Where a run tells what happens to it. */
public interface Events {

  /** Sends an event on its way. */
  void publish(TrainingEvent event);

  /**
   * Waits until everything published so far is stored.
   *
   * @throws org.apache.kafka.common.KafkaException where some of it could not be
   */
  void confirm();

  /**
   * The same place, for what is told under a claim.
   *
   * @param claim its version: who has seen a higher one of the run ignores the event
   */
  Events under(int claim);
}
