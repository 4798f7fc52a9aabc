package io.millrace.augmentation.intake;

import io.millrace.augmentation.dataset.TestImages;
import io.millrace.embedded.EmbeddedKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A broker and a data set root, for as long as the tests run. */
public final class KafkaResource implements QuarkusTestResourceLifecycleManager {
  private static EmbeddedKafka kafka;
  private static Path datasets;

  /** Where the broker listens. */
  static String servers() {
    return kafka.bootstrapServers();
  }

  /** The root of the data sets. */
  static Path datasets() {
    return datasets;
  }

  @Override
  public Map<String, String> start() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "intake");
      datasets = Files.createDirectories(folder.resolve("datasets"));
      TestImages.folder(datasets, "shapes", 20, 30);
      TestImages.photos(datasets, "photos", 6, 8);
      Path broken = TestImages.folder(datasets, "broken", 1, 5);
      Path file = broken.resolve("one").resolve("000.png");
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
      kafka = EmbeddedKafka.start(folder.resolve("kafka").toAbsolutePath());
      return Map.of(
          "kafka.bootstrap.servers",
          kafka.bootstrapServers(),
          "millrace.datasets.roots",
          datasets.toString(),
          "millrace.augmentation.workers",
          "2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    if (kafka != null) {
      kafka.close();
    }
  }
}
