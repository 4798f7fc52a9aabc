package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network.Outputs;
import java.time.Instant;

/** Gathers what a trained network says of the test part, with a naive answer's score beside it. */
sealed interface TestScore permits ClassScore, NumberScore {

  /** The score for a kind of data. */
  static TestScore of(TrainingRequest request, DatasetDescription data) {
    return data.predictsClasses() ? new ClassScore(request, data) : new NumberScore(request, data);
  }

  /** Adds a batch. */
  void add(Batch batch, Outputs outputs);

  /** The score of all batches. */
  RunEvaluated event(Instant at);
}
