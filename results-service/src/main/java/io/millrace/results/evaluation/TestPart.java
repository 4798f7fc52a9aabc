package io.millrace.results.evaluation;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.RunQueries;
import io.millrace.results.store.Run;
import io.smallrye.mutiny.Uni;

/**
 * The test images of a run.
 *
 * @param dataset the dataset of its request, as JSON
 * @param fingerprint the fingerprint of its data; null if unknown
 * @param samples the number of test samples; null before the run starts
 */
public record TestPart(Object dataset, String fingerprint, Integer samples) {

  /**
   * Finds the test images of a run.
   *
   * @return fails with {@link UnknownException} if the run or its request is unknown, and with
   *     {@link InvalidMessageException} if its samples are not images
   */
  public static Uni<TestPart> of(String name) {
    return RunQueries.ofRun(name, run -> Uni.createFrom().item(() -> of(run)));
  }

  private static TestPart of(Run run) {
    Object dataset = run.request == null ? null : run.request.get("dataset");
    if (dataset == null) {
      throw new UnknownException(
          "the data of run " + Check.quote(run.run) + " is unknown; the run is " + run.state);
    }
    if (!(Messages.read(Messages.write(dataset), DatasetSpec.class)
        instanceof DatasetSpec.Images)) {
      throw new InvalidMessageException(
          "run",
          Check.quote(run.run)
              + " trains on a series or a table; give a run that trains on images");
    }
    Object test = run.samples == null ? null : run.samples.get("test");
    return new TestPart(
        dataset,
        run.datasetFingerprint,
        test instanceof Number samples ? samples.intValue() : null);
  }
}
