package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cancels queued and running runs, or all of an experiment. */
@Command(
    name = "cancel",
    description = "Cancel queued or running runs; exit 0 if all are cancelled.")
final class Cancel implements Callable<Integer> {
  /** The runs to cancel: those given, or all of an experiment. */
  static final class Target {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "runs that have not ended")
    List<String> runs;

    @Option(
        names = "--experiment",
        paramLabel = "NAME",
        description =
            "all runs of this experiment that have not ended; it also gets no further seeds")
    String experiment;
  }

  @ArgGroup(multiplicity = "1")
  Target target;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out, System.err);
  }

  int run(Results results, PrintStream out, PrintStream err) {
    if (target.experiment != null) {
      return experiment(results.cancelExperiment(target.experiment), out, err);
    }
    int refused = 0;
    for (String run : target.runs) {
      try {
        results.cancel(run);
        out.println(run + " is being cancelled");
      } catch (UserError e) {
        refused++;
        err.println("millrace: " + e.getMessage());
      }
    }
    return refused == 0 ? 0 : 1;
  }

  private int experiment(JsonNode done, PrintStream out, PrintStream err) {
    out.println(
        target.experiment
            + ": "
            + count(done.path("runs").asInt())
            + " being cancelled"
            + (done.path("sweeps").asInt() > 0 ? "; the experiment gets no further seeds" : ""));
    int left = done.path("left").asInt();
    if (left > 0) {
      err.println("millrace: " + count(left) + " owned by other users and not cancelled");
    }
    return left == 0 ? 0 : 1;
  }

  private static String count(int runs) {
    return runs + (runs == 1 ? " run is" : " runs are");
  }
}
