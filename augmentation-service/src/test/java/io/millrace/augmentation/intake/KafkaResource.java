package io.millrace.augmentation.intake;

import io.millrace.augmentation.bucket.TestBucket;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.embedded.EmbeddedKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Runs a broker during the tests, and provides data set roots in a folder and in a bucket. */
public final class KafkaResource implements QuarkusTestResourceLifecycleManager {
  private static EmbeddedKafka kafka;
  private static TestBucket bucket;
  private static Path datasets;

  /** The address of the broker. */
  static String servers() {
    return kafka.bootstrapServers();
  }

  /** The data set root in a folder. */
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
      TestImages.formats(datasets, "formats");
      Path broken = TestImages.folder(datasets, "broken", 1, 5);
      Path file = broken.resolve("one").resolve("000.png");
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
      bucket = TestBucket.start();
      bucket.put("folder/read-me", new byte[1]);
      kafka = EmbeddedKafka.start(folder.resolve("kafka").toAbsolutePath());
      return Map.of(
          "kafka.bootstrap.servers",
          kafka.bootstrapServers(),
          "millrace.datasets.roots",
          datasets + ",s3://" + TestBucket.ADDRESS.name() + "/" + TestBucket.ADDRESS.prefix(),
          "millrace.datasets.s3.endpoint",
          bucket.access().endpoint().orElseThrow().toString(),
          "millrace.datasets.s3.access-key",
          "key",
          "millrace.datasets.s3.secret-key",
          "hidden",
          "millrace.datasets.list-seconds",
          "1",
          "millrace.datasets.object-cache-bytes",
          "16M",
          "millrace.augmentation.workers",
          "2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The data set root in a bucket. */
  static TestBucket bucket() {
    return bucket;
  }

  @Override
  public void stop() {
    if (bucket != null) {
      bucket.close();
    }
    if (kafka != null) {
      kafka.close();
    }
  }
}
