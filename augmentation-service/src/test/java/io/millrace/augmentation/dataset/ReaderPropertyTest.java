package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class ReaderPropertyTest {
  private static Path folder;
  private static List<ReaderInputs.Target> targets;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("readers");
    targets = ReaderInputs.all(folder);
  }

  @AfterContainer
  static void clean() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 300)
  void aDamagedFileIsReadOrRefusedWithAReason(@ForAll long seed) {
    var mutation = new Mutation(new SplittableRandom(seed));
    for (ReaderInputs.Target target : targets) {
      target.accept(mutation.of(target.files()));
    }
  }
}
