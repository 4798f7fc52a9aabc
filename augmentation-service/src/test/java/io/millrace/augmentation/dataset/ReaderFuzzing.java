package io.millrace.augmentation.dataset;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Feeds damaged files to readers for a while. Reports each reader that neither reads nor refuses a
 * file, takes more than a second of CPU time or allocates more than 64 MiB. Arguments: seconds for
 * each reader, a seed, and optionally the names of the readers; without names, all readers run.
 */
public final class ReaderFuzzing {
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MUCH = 64 << 20;

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final ReaderInputs.Target target;
  private final TreeMap<String, Long> findings = new TreeMap<>();
  private long slowest;
  private long mostBytes;

  private ReaderFuzzing(ReaderInputs.Target target) {
    this.target = target;
  }

  /** Runs the readers one after the other. */
  public static void main(String[] arguments) throws IOException {
    long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[0]));
    long seed = Long.parseLong(arguments[1]);
    Path folder = Files.createTempDirectory("fuzzing");
    for (ReaderInputs.Target target : ReaderInputs.all(folder)) {
      if (arguments.length == 2 || List.of(arguments).indexOf(target.name()) >= 2) {
        new ReaderFuzzing(target).run(nanos, seed);
      }
    }
  }

  private void run(long nanos, long seed) {
    target
        .files()
        .forEach(target::accept); // Loads the classes, and checks that all files are valid.
    var mutation = new Mutation(new SplittableRandom(seed));
    long start = System.nanoTime();
    long inputs = 0;
    while (System.nanoTime() - start < nanos) {
      feed(mutation.of(target.files()), inputs++);
    }
    System.out.printf(
        "%s: %,d inputs, %,d a second; slowest %d ms, at most %,d KiB; findings %s%n",
        target.name(),
        inputs,
        inputs * 1_000_000_000 / nanos,
        slowest / 1_000_000,
        mostBytes >> 10,
        findings);
  }

  private void feed(byte[] input, long number) {
    long bytes = thread.getCurrentThreadAllocatedBytes();
    long start = thread.getCurrentThreadCpuTime();
    try {
      target.accept(input);
    } catch (RuntimeException | Error e) {
      note(e + " at " + e.getStackTrace()[0], number);
    }
    long took = thread.getCurrentThreadCpuTime() - start;
    long allocated = thread.getCurrentThreadAllocatedBytes() - bytes;
    slowest = Math.max(slowest, took);
    mostBytes = Math.max(mostBytes, allocated);
    if (took > SLOW_NANOS) {
      note("slow", number);
    }
    if (allocated > MUCH) {
      note("allocates much", number);
    }
  }

  private void note(String finding, long number) {
    if (findings.merge(finding, 1L, Long::sum) == 1) {
      System.out.printf("%s, input %d: %s%n", target.name(), number, finding);
    }
  }
}
