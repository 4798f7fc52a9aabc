package io.millrace.augmentation.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Paths in a bucket behave like local paths of the JDK. */
class BucketPathTest {
  private static final List<String> TEXTS =
      List.of(
          "/",
          "/a",
          "/a/b",
          "/a/b/c.png",
          "/a/./b",
          "/a/../b",
          "/../a",
          "/ab/c",
          "/a//b/",
          "a",
          "a/b",
          "a/../..",
          "../a",
          ".",
          "..",
          "b",
          "c.png",
          "",
          "/z\ud83d\ude00",
          "/z\uff5e",
          "/\u00e4 b");

  @TempDir static Path folder;

  private static final BucketFiles BUCKET =
      BucketFiles.open(
          new S3Access(
              Optional.of(URI.create("http://127.0.0.1:9")),
              "us-east-1",
              true,
              Optional.of("key"),
              Optional.of("hidden")),
          new StoreAddress.Bucket("b", "p/"),
          null,
          new BucketFiles.Bounds(Duration.ofHours(1), 10));

  @AfterAll
  static void close() {
    BUCKET.close();
  }

  private static Path of(String text) {
    return BUCKET.getPath(text);
  }

  /** The text of a path, or {@code refused} if the path cannot be made. */
  private static String text(Supplied<Path> path) {
    try {
      Path made = path.get();
      return made == null ? "null" : made.toString().replace("s3://b/p/", "/");
    } catch (IllegalArgumentException e) {
      return "refused";
    }
  }

  @FunctionalInterface
  private interface Supplied<V> {
    V get();
  }

  static Stream<String> texts() {
    return TEXTS.stream();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void aPathIsSplitLikeAJdkPath(String text) {
    List<Function<Path, Path>> parts =
        List.of(
            path -> path,
            Path::getRoot,
            Path::getFileName,
            Path::getParent,
            Path::normalize,
            path -> path.subpath(0, 1),
            path -> path.subpath(1, 2),
            path -> path.getName(2));
    for (Function<Path, Path> part : parts) {
      assertThat(text(() -> part.apply(of(text)))).isEqualTo(text(() -> part.apply(Path.of(text))));
    }
    assertThat(of(text).getNameCount()).isEqualTo(Path.of(text).getNameCount());
    assertThat(of(text).isAbsolute()).isEqualTo(Path.of(text).isAbsolute());
  }

  @ParameterizedTest
  @MethodSource("texts")
  void pathsAreComparedAndJoinedLikeJdkPaths(String text) {
    for (String other : TEXTS) {
      assertThat(of(text).startsWith(of(other)))
          .as(text + " starts with " + other)
          .isEqualTo(Path.of(text).startsWith(Path.of(other)));
      assertThat(of(text).endsWith(of(other)))
          .as(text + " ends with " + other)
          .isEqualTo(Path.of(text).endsWith(Path.of(other)));
      assertThat(Integer.signum(of(text).compareTo(of(other))))
          .as(text + " compared with " + other)
          .isEqualTo(Integer.signum(Path.of(text).compareTo(Path.of(other))));
      assertThat(of(text).equals(of(other))).isEqualTo(Path.of(text).equals(Path.of(other)));
      assertThat(text(() -> of(text).resolve(other)))
          .as(text + " resolves " + other)
          .isEqualTo(text(() -> Path.of(text).resolve(other)));
      if (!(text + other).contains(".")) {
        assertThat(text(() -> of(text).relativize(of(other))))
            .as(text + " relativizes " + other)
            .isEqualTo(text(() -> Path.of(text).relativize(Path.of(other))));
      }
    }
  }

  @Test
  void aBucketIsReadOnly() {
    assertThatThrownBy(() -> Files.writeString(of("/a"), "text"))
        .isInstanceOf(ReadOnlyFileSystemException.class);
    assertThatThrownBy(() -> Files.delete(of("/a")))
        .isInstanceOf(ReadOnlyFileSystemException.class);
    assertThatThrownBy(() -> Files.createDirectory(of("/a")))
        .isInstanceOf(ReadOnlyFileSystemException.class);
  }
}
