package io.millrace.local;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Archives, restores or deletes runs that have ended, or all runs of an experiment. */
abstract class PutAway implements Callable<Integer> {
  /** What is meant: either runs or an experiment. */
  static final class Meant {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "runs that have ended")
    List<String> runs;

    @Option(
        names = "--experiment",
        paramLabel = "NAME",
        description = "all runs of this experiment, if all have ended")
    String experiment;
  }

  @ArgGroup(multiplicity = "1")
  Meant meant;

  @Mixin Millrace.Elsewhere elsewhere;

  private final String verb;
  private final String done;

  /**
   * @param verb of the results service's address
   * @param done its participle, as it is printed
   */
  PutAway(String verb, String done) {
    this.verb = verb;
    this.done = done;
  }

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out, System.err);
  }

  /** Does it with each; one that is refused does not stop the others. */
  int run(Results results, PrintStream out, PrintStream err) {
    if (meant.experiment != null) {
      int runs = results.putAway(verb, "experiment", meant.experiment);
      out.println(meant.experiment + ": " + (runs == 1 ? "1 run " : runs + " runs ") + done);
      return 0;
    }
    int refused = 0;
    for (String run : meant.runs) {
      try {
        int runs = results.putAway(verb, "run", run);
        out.println(run + (runs == 0 ? " was " + done + " already" : " " + done));
      } catch (UserError e) {
        refused++;
        err.println("millrace: " + e.getMessage());
      }
    }
    return refused == 0 ? 0 : 1;
  }

  @Command(
      name = "archive",
      description =
          "Hide runs that have ended from lists and comparisons, until they are restored.")
  static final class Archive extends PutAway {
    Archive() {
      super("archive", "archived");
    }
  }

  @Command(name = "restore", description = "Show archived runs again.")
  static final class Restore extends PutAway {
    Restore() {
      super("restore", "restored");
    }
  }

  @Command(
      name = "delete",
      description =
          "Delete runs that have ended, with their losses, models and checkpoints. This cannot be"
              + " undone.")
  static final class Delete extends PutAway {
    @Option(names = "--yes", description = "do not ask on a terminal")
    boolean yes;

    Delete() {
      super("delete", "deleted");
    }

    @Override
    public Integer call() {
      if (!yes && System.console() != null && !isWanted()) {
        System.err.println("millrace: nothing is deleted");
        return 1;
      }
      return super.call();
    }

    private boolean isWanted() {
      String what =
          meant.experiment != null
              ? "all runs of " + meant.experiment
              : String.join(", ", meant.runs);
      String answer =
          System.console().readLine("Delete %s, with losses, models and checkpoints? [y/N] ", what);
      return answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y");
    }
  }
}
