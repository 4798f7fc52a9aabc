package io.millrace.augmentation.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a bucket, and counts the requests to the server. */
class BucketFilesTest {
  @TempDir static Path folder;

  private static TestBucket bucket;
  private ObjectCache cache;
  private BucketFiles files;

  @BeforeAll
  static void start() throws Exception {
    bucket = TestBucket.start();
    bucket.front().pages(50);
    IntStream.range(0, 120)
        .parallel()
        .forEach(i -> bucket.put("many/x/%04d".formatted(i), new byte[0]));
    // The test server does not accept keys such as odd/../one, but other servers do.
    bucket.put("odd/one", new byte[1]);
    bucket.put("odd/two", new byte[1]);
    bucket.put("odd/three", new byte[1]);
    bucket
        .front()
        .rewrite(
            listing ->
                listing
                    .replace("odd/one<", "odd/../one<")
                    .replace("odd/two<", "odd/a\\b<")
                    .replace("odd/three<", "odd//three<"));
    bucket.put("odd/marker/", new byte[0]);
    bucket.put("odd/both", new byte[1]);
    bucket.put("odd/both/file", new byte[1]);
    bucket.put("odd/f\u00fcnf & 100%+.txt", new byte[] {5});
    bucket.put("large", bytes());
  }

  @AfterAll
  static void stop() {
    bucket.close();
  }

  @BeforeEach
  void open() {
    cache = ObjectCache.in(folder.resolve("cache"), 32 << 20);
    files = bucket.open(cache);
  }

  @AfterEach
  void close() {
    files.close();
    cache.close();
  }

  private static byte[] bytes() {
    byte[] bytes = new byte[3 << 20];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static List<String> names(Path at) throws IOException {
    try (Stream<Path> entries = Files.list(at)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  @Test
  void aListingOverSeveralPagesIsComplete() throws IOException {
    assertThat(names(files.root().resolve("many/x")))
        .isEqualTo(IntStream.range(0, 120).mapToObj("%04d"::formatted).toList());
    assertThat(Files.size(files.root().resolve("many/x/0000"))).isZero();
    assertThat(Files.readAllBytes(files.root().resolve("many/x/0000"))).isEmpty();
  }

  @Test
  void keysThatAreNotFileNamesAreLeftOut() throws IOException {
    assertThat(names(files.root().resolve("odd")))
        .containsExactly("both", "f\u00fcnf & 100%+.txt", "marker");
    assertThat(files.root().resolve("odd/both")).isDirectory();
    assertThat(Files.readAllBytes(files.root().resolve("odd/f\u00fcnf & 100%+.txt")))
        .containsExactly(5);
    assertThatThrownBy(() -> Files.size(files.root().resolve("odd/../one")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void anObjectReadByManyThreadsIsFetchedOnce() throws Exception {
    Path large = files.root().resolve("large").toRealPath();
    var threads = Executors.newFixedThreadPool(8);
    int before = bucket.front().asked("/runs/data/sets/large");

    var all =
        threads.invokeAll(
            IntStream.range(0, 8)
                .<Callable<byte[]>>mapToObj(i -> () -> Files.readAllBytes(large))
                .toList());

    threads.shutdown();
    for (var read : all) {
      assertThat(read.get()).isEqualTo(bytes());
    }
    assertThat(bucket.front().asked("/runs/data/sets/large")).isEqualTo(before + 1);
    assertThat(cache.fetched()).isEqualTo(1);
  }

  @Test
  void anObjectReadInPiecesHasTheSameBytes() throws IOException {
    var large = (BucketPath) files.root().resolve("large").toRealPath();
    int before = bucket.front().asked("/runs/data/sets/large");
    try (InputStream start = large.openStart()) {
      assertThat(start.readNBytes(4_000)).isEqualTo(Arrays.copyOf(bytes(), 4_000));
      assertThat(bucket.front().asked("/runs/data/sets/large")).isEqualTo(before + 1);
      assertThat(start.skip(2_000_000)).isEqualTo(2_000_000);
      assertThat(start.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes(), 2_004_000, 3 << 20));
    }
    assertThat(cache.fetched()).isZero();
    try (SeekableByteChannel channel = Files.newByteChannel(large)) {
      channel.position(1_000_000);
      var piece = ByteBuffer.allocate(10);
      assertThat(channel.read(piece)).isEqualTo(10);
      assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(bytes(), 1_000_000, 1_000_010));
    }
  }

  @Test
  void aNewCacheDeletesLeftoverFilesButNoFilesInUse() throws IOException {
    Path parent = folder.resolve("shared");
    Path left = Files.createDirectories(parent.resolve("millrace-objects-1"));
    Files.write(left.resolve("left"), new byte[10]);
    Files.createFile(parent.resolve("millrace-objects-1.lock"));
    try (var first = ObjectCache.in(parent, 1 << 20)) {
      assertThat(left).isEmptyDirectory();
      Files.write(parent.resolve("millrace-objects-0/used"), new byte[10]);
      try (var second = ObjectCache.in(parent, 1 << 20)) {
        assertThat(parent.resolve("millrace-objects-0/used")).exists();
        assertThat(first.bytes() + second.bytes()).isZero();
      }
    }
    assertThat(parent.resolve("millrace-objects-0")).doesNotExist();
  }

  @Test
  void anEntityTagOfAnyFormIsKeptUnchanged() {
    for (String tag :
        List.of(
            "\"0123456789abcdef0123456789abcdef\"",
            "\"ffffffffffffffff0000000000000001-12\"",
            "\"ffffffffffffffff0000000000000001-012\"",
            "\"0123456789ABCDEF0123456789ABCDEF\"",
            "W/\"x\"",
            "")) {
      assertThat(new Listed.File(1, 2, tag).entityTag()).isEqualTo(tag);
    }
  }
}
