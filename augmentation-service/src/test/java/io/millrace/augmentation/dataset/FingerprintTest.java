package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

class FingerprintTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(0, 1 << 20, 1 << 16, 1 << 16);
  private static final long LONG_AGO = 1_500_000_000_000L;

  private Path folder;
  private int roots;

  @BeforeProperty
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("fingerprints");
  }

  @AfterProperty
  void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }

  /** Two to four classes of two to four files that start like PNG images. */
  private static Map<String, byte[]> images(Random random) throws IOException {
    var files = new TreeMap<String, byte[]>();
    int classes = 2 + random.nextInt(3);
    for (int c = 0; c < classes; c++) {
      int count = 2 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        files.put("class-" + c + "/" + i + ".png", image(random));
      }
    }
    return files;
  }

  private static byte[] image(Random random) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(bytes)) {
      data.writeLong(0x89504E470D0A1A0AL);
      data.writeInt(13);
      data.writeInt(0x49484452);
      data.writeInt(1 + random.nextInt(100));
      data.writeInt(1 + random.nextInt(100));
      data.write(new byte[] {8, 2, 0, 0, 0});
      byte[] rest = new byte[random.nextInt(200)];
      random.nextBytes(rest);
      data.write(rest);
    }
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> idx(Random random) throws IOException {
    var images = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(images)) {
      data.writeInt(0x0803);
      data.writeInt(4);
      data.writeInt(2);
      data.writeInt(3);
      byte[] pixels = new byte[24];
      random.nextBytes(pixels);
      data.write(pixels);
    }
    var labels = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(labels)) {
      data.writeInt(0x0801);
      data.writeInt(4);
      data.write(new byte[] {0, 1, 0, 1});
    }
    return new TreeMap<>(
        Map.of(
            "t-images-idx3-ubyte", images.toByteArray(),
            "t-labels-idx1-ubyte", labels.toByteArray(),
            "classes.txt", "aaaa\nbbbb\n".getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes a data set to a new root and reads it. */
  private DatasetFacts facts(Map<String, byte[]> files, Random random) throws IOException {
    Path root = folder.resolve("root-" + roots++ + "-" + random.nextInt(1_000));
    var names = new ArrayList<>(files.keySet());
    Collections.shuffle(names, random);
    for (String name : names) {
      Path file = root.resolve("data").resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, files.get(name));
      Files.setLastModifiedTime(file, FileTime.fromMillis(LONG_AGO + random.nextInt()));
    }
    var catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
    return catalog.facts("data");
  }

  private String fingerprint(Map<String, byte[]> files, Random random) throws IOException {
    DatasetFacts facts = facts(files, random);
    assertThat(facts.problem()).isNull();
    assertThat(facts.fingerprint()).matches("[0-9a-f]{64}");
    return facts.fingerprint();
  }

  @Property(tries = 30)
  void theFingerprintIgnoresWriteOrderTimestampsAndRoot(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    for (Map<String, byte[]> files : List.of(images(random), idx(random))) {
      assertThat(fingerprint(files, random)).isEqualTo(fingerprint(files, random));
    }
  }

  @Property(tries = 30)
  void theFingerprintIgnoresFilesThatAreNotRead(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    Map<String, byte[]> files = images(random);
    String before = fingerprint(files, random);
    files.put("class-0/notes.txt", image(random));
    files.put("class-0/.hidden.png", image(random));
    files.put(".thumbnails/0.png", image(random));
    files.put("empty/notes.txt", new byte[0]);
    files.put("class-1/broken.png", "no image".getBytes(StandardCharsets.UTF_8));
    assertThat(fingerprint(files, random)).isEqualTo(before);
  }

  @Property(tries = 100)
  void anyChangedByteChangesTheFingerprint(
      @ForAll long seed, @ForAll @IntRange(max = 10_000) int place) throws IOException {
    var random = new Random(seed);
    var csv =
        new TreeMap<>(Map.of("series.csv", "day,value\n2020-01-01,1\n2020-01-02,25\n".getBytes()));
    for (Map<String, byte[]> files : List.of(images(random), idx(random), csv)) {
      String before = fingerprint(files, random);
      var names = new ArrayList<>(files.keySet());
      String name = names.get(random.nextInt(names.size()));
      byte[] bytes = files.get(name).clone();
      bytes[place % bytes.length] ^= (byte) (1 << random.nextInt(8));
      files.put(name, bytes);
      assertThat(facts(files, random).fingerprint()).isNotEqualTo(before);
    }
  }

  @Property(tries = 30)
  void anyChangedNameOrClassChangesTheFingerprint(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    Map<String, byte[]> files = images(random);
    String before = fingerprint(files, random);
    var renamed = new TreeMap<>(files);
    renamed.put("class-0/other.png", renamed.remove("class-0/0.png"));
    var moved = new TreeMap<>(files);
    moved.put("class-1/from-0.png", moved.remove("class-0/0.png"));
    var swapped = new TreeMap<>(files);
    swapped.put("class-0/0.png", files.get("class-1/0.png"));
    swapped.put("class-1/0.png", files.get("class-0/0.png"));
    var more = new TreeMap<>(files);
    more.put("class-9/0.png", image(random));
    assertThat(
            List.of(
                fingerprint(renamed, random),
                fingerprint(moved, random),
                fingerprint(swapped, random),
                fingerprint(more, random)))
        .doesNotContain(before)
        .doesNotHaveDuplicates();
  }

  @Property(tries = 10)
  void compressingAFileKeepsTheFingerprint(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    Map<String, byte[]> files = idx(random);
    String before = fingerprint(files, random);
    var packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(files.remove("t-images-idx3-ubyte"));
    }
    files.put("t-images-idx3-ubyte.gz", packed.toByteArray());
    assertThat(fingerprint(files, random)).isEqualTo(before);
  }
}
