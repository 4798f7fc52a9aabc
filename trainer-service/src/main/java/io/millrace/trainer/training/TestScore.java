package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network.Outputs;
import java.time.Instant;

/** Scores a trained network's predictions for the test part, beside a baseline. */
sealed interface TestScore permits ClassScore, NumberScore {

  /** The score for a request's kind of data. */
  static TestScore of(TrainingRequest request, DatasetDescription data) {
    return data.predictsClasses() ? new ClassScore(request, data) : new NumberScore(request, data);
  }

  /** Adds a batch. */
  void add(Batch batch, Outputs outputs);

  /** The scores of all batches, as an event. */
  RunEvaluated event(Instant at);
}
