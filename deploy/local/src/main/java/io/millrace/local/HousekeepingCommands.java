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
abstract class HousekeepingCommands implements Callable<Integer> {
  /** The runs to change: those given, or all of an experiment. */
  static final class Target {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "runs that have ended")
    List<String> runs;

    @Option(
        names = "--experiment",
        paramLabel = "NAME",
        description = "all runs of this experiment, if all have ended")
    String experiment;
  }

  @ArgGroup(multiplicity = "1")
  Target target;

  @Mixin Millrace.Elsewhere elsewhere;

  private final String verb;
  private final String done;

  /**
   * @param verb the last part of the path at the results service
   * @param done its participle, for the output
   */
  HousekeepingCommands(String verb, String done) {
    this.verb = verb;
    this.done = done;
  }

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out, System.err);
  }

  /** Changes each run; a refused run does not stop the others. */
  int run(Results results, PrintStream out, PrintStream err) {
    if (target.experiment != null) {
      int runs = results.housekeep(verb, "experiment", target.experiment);
      out.println(target.experiment + ": " + (runs == 1 ? "1 run " : runs + " runs ") + done);
      return 0;
    }
    int refused = 0;
    for (String run : target.runs) {
      try {
        int runs = results.housekeep(verb, "run", run);
        out.println(run + (runs == 0 ? " was already " + done : " " + done));
      } catch (UserError e) {
        refused++;
        err.println("millrace: " + e.getMessage());
      }
    }
    return refused == 0 ? 0 : 1;
  }

  @Command(
      name = "archive",
      description = "Hide runs that have ended from lists and comparisons until they are restored.")
  static final class Archive extends HousekeepingCommands {
    Archive() {
      super("archive", "archived");
    }
  }

  @Command(name = "restore", description = "Show archived runs again.")
  static final class Restore extends HousekeepingCommands {
    Restore() {
      super("restore", "restored");
    }
  }

  @Command(
      name = "delete",
      description =
          "Delete runs that have ended, with their losses, models and checkpoints. This cannot be"
              + " undone.")
  static final class Delete extends HousekeepingCommands {
    @Option(names = "--yes", description = "do not ask for confirmation")
    boolean yes;

    Delete() {
      super("delete", "deleted");
    }

    @Override
    public Integer call() {
      if (!yes && System.console() != null && !isConfirmed()) {
        System.err.println("millrace: no run was deleted");
        return 1;
      }
      return super.call();
    }

    private boolean isConfirmed() {
      String what =
          target.experiment != null
              ? "all runs of " + target.experiment
              : String.join(", ", target.runs);
      String answer =
          System.console()
              .readLine("Delete %s, including losses, models and checkpoints? [y/N] ", what);
      return answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y");
    }
  }
}
