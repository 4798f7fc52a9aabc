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
 * The images on which a run is tested.
 *
 * @param dataset of its request, as JSON has it
 * @param fingerprint of its data; null where it is not known
 * @param samples how many there are; null before it started
 */
public record TestPart(Object dataset, String fingerprint, Integer samples) {

  /**
   * Those of a run.
   *
   * @return fails with {@link UnknownException}, also where the run's request is not known, and
   *     with {@link InvalidMessageException} where its samples are no images
   */
  public static Uni<TestPart> of(String name) {
    return RunQueries.ofRun(name, run -> Uni.createFrom().item(() -> of(run)));
  }

  private static TestPart of(Run run) {
    Object dataset = run.request == null ? null : run.request.get("dataset");
    if (dataset == null) {
      throw new UnknownException(
          "the data of the run " + Check.quote(run.run) + " are not known; it is " + run.state);
    }
    if (!(Messages.read(Messages.write(dataset), DatasetSpec.class)
        instanceof DatasetSpec.Images)) {
      throw new InvalidMessageException(
          "run", Check.quote(run.run) + " trains on a series or a table, which has no images");
    }
    Object test = run.samples == null ? null : run.samples.get("test");
    return new TestPart(
        dataset,
        run.datasetFingerprint,
        test instanceof Number samples ? samples.intValue() : null);
  }
}
