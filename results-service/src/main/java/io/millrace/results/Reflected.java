package io.millrace.results;

import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.api.DatasetsResource;
import io.millrace.results.api.ErrorBody;
import io.millrace.results.query.Curves;
import io.millrace.results.query.DatasetView;
import io.millrace.results.query.EvaluationView;
import io.millrace.results.query.ExperimentCurves;
import io.millrace.results.query.ExperimentPage;
import io.millrace.results.query.ExperimentView;
import io.millrace.results.query.History;
import io.millrace.results.query.HistoryCurve;
import io.millrace.results.query.LogPage;
import io.millrace.results.query.LossCurve;
import io.millrace.results.query.Losses;
import io.millrace.results.query.RunPage;
import io.millrace.results.query.RunView;
import io.millrace.results.submit.Submission;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What becomes JSON, or is made of it, in a native executable: the messages of the contracts, and
 * the answers that Quarkus does not find as a resource's return type; each with all it is made of.
 */
@RegisterForReflection(
    registerFullHierarchy = true,
    targets = {
      TrainingRequest.class,
      TrainingEvent.class,
      TrainingCommand.class,
      DatasetAnnouncement.class,
      DatasetView.class,
      DatasetsResource.Datasets.class,
      Sweep.class,
      Submission.class,
      ErrorBody.class,
      RunView.class,
      RunPage.class,
      LogPage.class,
      Losses.class,
      LossCurve.class,
      History.class,
      HistoryCurve.class,
      EvaluationView.class,
      Curves.class,
      ExperimentPage.class,
      ExperimentView.class,
      ExperimentCurves.class
    })
final class Reflected {
  private Reflected() {}
}
