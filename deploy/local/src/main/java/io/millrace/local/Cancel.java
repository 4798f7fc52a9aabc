package io.millrace.local;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Cancels runs that are queued or train. */
@Command(
    name = "cancel",
    description = "Cancel runs that are queued or running; exit 0 if all could be.")
final class Cancel implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", arity = "1..*")
  List<String> runs;

  @Mixin Millrace.Elsewhere elsewhere;

  @Override
  public Integer call() {
    return run(new Results(elsewhere.addresses().results()), System.out, System.err);
  }

  int run(Results results, PrintStream out, PrintStream err) {
    int refused = 0;
    for (String run : runs) {
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
}
