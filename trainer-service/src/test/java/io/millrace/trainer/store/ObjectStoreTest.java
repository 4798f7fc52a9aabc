package io.millrace.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedded.EmbeddedS3;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a folder and a bucket behave alike. */
class ObjectStoreTest {
  @TempDir static Path folder;

  private static EmbeddedS3 server;
  private static ObjectStore bucket;

  @BeforeAll
  static void start() throws Exception {
    server = EmbeddedS3.start(folder.resolve("s3"));
    bucket =
        ObjectStore.open(
            new StoreAddress.Bucket("runs", "some/prefix/"), LocalS3.at(server.endpoint()));
  }

  @AfterAll
  static void stop() {
    bucket.close();
    server.close();
  }

  static List<ObjectStore> stores() {
    return List.of(new FolderStore(folder.resolve("store")), bucket);
  }

  private static byte[] bytes(int... values) {
    var bytes = new byte[values.length];
    IntStream.range(0, values.length).forEach(i -> bytes[i] = (byte) values[i]);
    return bytes;
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void onlyOneOfManyWritersCreatesAFile(ObjectStore store) throws Exception {
    var writers =
        IntStream.range(0, 16)
            .<Callable<Boolean>>mapToObj(i -> () -> store.create("a/claim", bytes(i)));
    // The tests' S3 server does not check and write atomically, so its writers run one after the
    // other.
    var threads = Executors.newFixedThreadPool(store instanceof FolderStore ? 16 : 1);

    long winners =
        threads.invokeAll(writers.toList()).stream().filter(created -> isTrue(created)).count();

    threads.shutdown();
    assertThat(winners).isEqualTo(1);
    assertThat(store.create("a/claim", bytes(99))).isFalse();
  }

  private static boolean isTrue(java.util.concurrent.Future<Boolean> created) {
    try {
      return created.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void storedFilesCanBeReadListedFetchedAndDeleted(ObjectStore store) throws Exception {
    Path local = store.scratch();
    Files.write(local, new byte[3 << 20]);
    store.put("b/run/network.zip", local);
    store.put("b/run/deeper/state.json", bytes(1));
    store.put("b/run/deeper/state.json", bytes(2, 3));
    store.put("b/runner/other", bytes(4));

    assertThat(store.list("b/run")).containsExactlyInAnyOrder("network.zip", "deeper/state.json");
    assertThat(store.read("b/run/deeper/state.json")).contains(bytes(2, 3));
    Path copy = store.scratch();
    assertThat(store.fetch("b/run/network.zip", copy)).isTrue();
    assertThat(copy).hasSize(3 << 20);
    Files.delete(copy);

    store.delete("b/run/network.zip");
    store.delete("b/run/network.zip");

    assertThat(store.list("b/run")).containsExactly("deeper/state.json");
    assertThat(store.fetch("b/run/network.zip", copy)).isFalse();
    assertThat(store.read("b/run/network.zip")).isEmpty();
    assertThat(store.list("nowhere")).isEmpty();
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("stores")
  void aReaderNeverSeesHalfAFile(ObjectStore store) throws Exception {
    store.put("c/file", new byte[1 << 16]);
    var writer =
        new Thread(
            () -> {
              for (int i = 0; i < 20; i++) {
                try {
                  store.put("c/file", new byte[1 << (i % 2 == 0 ? 20 : 16)]);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    writer.start();
    while (writer.isAlive()) {
      assertThat(store.read("c/file").orElseThrow().length).isIn(1 << 16, 1 << 20);
    }
  }
}
