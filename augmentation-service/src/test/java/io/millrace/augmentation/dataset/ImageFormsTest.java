package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts of labelled images other than class folders. */
class ImageFormsTest {
  private static final DatasetLimits LIMITS = new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16);

  @TempDir Path root;
  private DatasetCatalog catalog;

  @BeforeEach
  void openCatalog() {
    catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(1 << 20), nanos -> {});
  }

  private ImageDataset open(String name, Double test, Double validation) {
    return (ImageDataset)
        catalog.open(new DatasetSpec.Images(name, null, null, null, test, validation, null));
  }

  private DatasetFacts facts(String name) {
    DatasetFacts facts = catalog.facts(name);
    assertThat(facts.problem()).isNull();
    assertThat(facts.kind()).isEqualTo(DatasetKind.IMAGES);
    return facts;
  }

  /** Checks the error of a task and the one in the list of data sets. */
  private void refuses(String name, String... words) {
    assertThatThrownBy(() -> open(name, null, null))
        .isInstanceOfSatisfying(
            InvalidMessageException.class,
            e -> {
              assertThat(e.field()).isEqualTo("dataset.name");
              assertThat(e.reason()).contains(words);
              catalog.scan();
              assertThat(catalog.facts().get(name).problem()).isEqualTo(e.reason());
            });
  }

  /** The label and the first byte of each sample. */
  private static List<String> samples(ImageDataset dataset, Part part) {
    var samples = new ArrayList<String>();
    for (int i = 0; i < dataset.description().samples(part); i++) {
      samples.add(dataset.label(part, i) + ":" + (dataset.pixels(part, i)[0] & 0xFF));
    }
    return samples;
  }

  /** Writes the folder of a part: red is the class, green is {@code green} plus the number. */
  private void part(String name, int green, int... sizes) throws IOException {
    TestImages.folder(root.resolve("shapes"), name, sizes);
    String[] names = {"one", "two", "three"};
    for (int c = 0; c < sizes.length; c++) {
      for (int i = 0; i < sizes[c]; i++) {
        Path file =
            root.resolve("shapes").resolve(name).resolve(names[c]).resolve("%03d.png".formatted(i));
        TestImages.write(file, c, green + i, 10, 12);
      }
    }
  }

  private static List<Integer> greens(ImageDataset dataset, Part part) {
    var greens = new ArrayList<Integer>();
    for (int i = 0; i < dataset.description().samples(part); i++) {
      assertThat((int) dataset.pixels(part, i)[0]).isEqualTo(dataset.label(part, i));
      greens.add(dataset.pixels(part, i)[1] & 0xFF);
    }
    return greens;
  }

  @Test
  void foldersNamedAfterPartsBecomeThoseParts() throws IOException {
    part("train", 10, 4, 3);
    part("val", 100, 1, 2);
    part("Test", 200, 2, 1);
    ImageDataset dataset = open("shapes", 0.5, 0.5);
    assertThat(greens(dataset, Part.TRAIN)).containsExactly(10, 11, 12, 13, 10, 11, 12);
    assertThat(greens(dataset, Part.VALIDATION)).containsExactly(100, 100, 101);
    assertThat(greens(dataset, Part.TEST)).containsExactly(200, 201, 200);
    assertThat(facts("shapes").classCounts()).containsExactly(7, 6);
    assertThat(facts("shapes").samples()).isEqualTo(13);
  }

  @Test
  void aMissingPartIsDrawnFromTheTrainingFolder() throws IOException {
    part("train", 10, 10, 10);
    part("test", 200, 2, 2);
    ImageDataset tested = open("shapes", 0.9, 0.2);
    assertThat(greens(tested, Part.TEST)).containsExactly(200, 201, 200, 201);
    assertThat(greens(tested, Part.VALIDATION)).hasSize(4).allMatch(green -> green < 20);
    assertThat(greens(tested, Part.TRAIN)).hasSize(16);

    Files.move(root.resolve("shapes/test"), root.resolve("shapes/valid"));
    catalog.scan();
    ImageDataset validated = open("shapes", 0.2, 0.9);
    assertThat(greens(validated, Part.VALIDATION)).containsExactly(200, 201, 200, 201);
    assertThat(greens(validated, Part.TEST)).hasSize(4).allMatch(green -> green < 20);

    Files.move(root.resolve("shapes/valid"), root.resolve("kept"));
    catalog.scan();
    ImageDataset alone = open("shapes", 0.2, 0.25);
    assertThat(alone.description().train()).isEqualTo(12);
    List<List<Integer>> drawn = Stream.of(Part.values()).map(part -> greens(alone, part)).toList();
    Files.move(root.resolve("shapes/train"), root.resolve("plain"));
    catalog.scan();
    // The training folder is split like a data set with the same class folders.
    ImageDataset plain = open("plain", 0.2, 0.25);
    assertThat(Stream.of(Part.values()).map(part -> greens(plain, part)).toList()).isEqualTo(drawn);
  }

  @Test
  void inconsistentPartFoldersAreRefused() throws IOException {
    part("test", 200, 2, 2);
    refuses("shapes", "no folder 'train' with class folders");
    part("train", 10, 2);
    catalog.scan();
    refuses("shapes", "the test part has class 'two'");
    part("val", 10, 2);
    part("valid", 10, 2);
    catalog.scan();
    refuses("shapes", "has two folders for the validation part");
  }

  @Test
  void aFileLeftOutOfAPartIsNamedWithThePart() throws IOException {
    part("train", 10, 4, 4);
    part("test", 200, 2, 2);
    Files.writeString(root.resolve("shapes/test/two/bad.png"), "text");
    assertThat(facts("shapes").leftOut().get(0).files()).containsExactly("test/two/bad.png");
    assertThat(open("shapes", null, null).description().leftOut())
        .isEqualTo(facts("shapes").leftOut());
  }

  @Test
  void renamingAFolderToAnotherPartChangesTheFingerprint() throws IOException {
    part("train", 10, 4, 4);
    part("test", 200, 2, 2);
    String before = facts("shapes").fingerprint();
    Files.move(root.resolve("shapes/test"), root.resolve("shapes/val"));
    catalog.scan();
    assertThat(facts("shapes").fingerprint()).isNotEqualTo(before);
  }

  /** Expected: hashlib's SHA-256 of the texts and digests that the contract lists. */
  @Test
  void fingerprintsMatchTheContract() throws IOException {
    for (String part : List.of("plain", "split/train", "split/test")) {
      Path one = Files.createDirectories(root.resolve(part).resolve("one"));
      Path two = Files.createDirectories(root.resolve(part).resolve("two"));
      Files.write(one.resolve("b.png"), ImageFormatsTest.file("turned-3.png"));
      Files.write(one.resolve("a.jpg"), ImageFormatsTest.file("baseline.jfif"));
      Files.write(two.resolve("c.png"), ImageFormatsTest.file("turned-6.png"));
    }
    assertThat(facts("plain").fingerprint())
        .isEqualTo("e9bb7eb78ddd54bbd3e68536e10c83243c73d29ae9d50b63ebbc656b85cecbad");
    assertThat(facts("split").fingerprint())
        .isEqualTo("a6884df755602a7f9a1dd0f1b1e3be318011b189f5baff8a6a9a164e3fc2c813");
  }

  private void idx(String name, int first, int... labels) throws IOException {
    Path folder = Files.createDirectories(root.resolve("digits"));
    try (var data =
        new DataOutputStream(
            new GZIPOutputStream(
                Files.newOutputStream(folder.resolve(name + "-images-idx3-ubyte.gz"))))) {
      data.writeInt(0x0803);
      data.writeInt(labels.length);
      data.writeInt(1);
      data.writeInt(2);
      for (int i = 0; i < labels.length; i++) {
        data.write(first + i);
        data.write(0);
      }
    }
    var bytes = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(bytes)) {
      data.writeInt(0x0801);
      data.writeInt(labels.length);
      for (int label : labels) {
        data.write(label);
      }
    }
    Files.write(folder.resolve(name + "-labels-idx1-ubyte"), bytes.toByteArray());
  }

  @Test
  void theFourMnistFilesAreTheTrainingAndTestParts() throws IOException {
    idx("train", 10, 0, 1, 0, 1, 1);
    idx("t10k", 100, 1, 0);
    ImageDataset dataset = open("digits", 0.9, null);
    assertThat(samples(dataset, Part.TRAIN))
        .containsExactly("0:10", "0:12", "1:11", "1:13", "1:14");
    assertThat(samples(dataset, Part.TEST)).containsExactly("0:101", "1:100");
    assertThat(facts("digits").classCounts()).containsExactly(3, 4);
    idx("validation", 100, 1, 0);
    catalog.scan();
    refuses("digits", "digits has 3 IDX image files and 3 IDX label files", "t10k");
  }

  @Test
  void binaryCifarFilesAreTheTrainingAndTestParts() throws IOException {
    Path folder = Files.createDirectories(root.resolve("cifar"));
    Files.write(folder.resolve("data_batch_1.bin"), cifar(10, 1, 0));
    Files.write(folder.resolve("data_batch_2.bin"), cifar(20, 1, 0, 0));
    Files.write(folder.resolve("test_batch.bin"), cifar(90, 0, 1));
    Files.writeString(folder.resolve("batches.meta.txt"), "airplane\nautomobile\n\n");
    ImageDataset dataset = open("cifar", null, null);
    assertThat(dataset.description().classes()).containsExactly("airplane", "automobile");
    assertThat(dataset.description().sampleShape()).containsExactly(32, 32, 3);
    assertThat(samples(dataset, Part.TRAIN))
        .containsExactly("0:11", "0:21", "0:22", "1:10", "1:20");
    assertThat(samples(dataset, Part.TEST)).containsExactly("0:90", "1:91");
    byte[] pixels = dataset.pixels(Part.TEST, 0);
    // Red is the record's number, green the column, blue the row.
    assertThat(pixels[(3 * 32 + 7) * 3 + 1]).isEqualTo((byte) 7);
    assertThat(pixels[(3 * 32 + 7) * 3 + 2]).isEqualTo((byte) 3);
    assertThat(facts("cifar").samples()).isEqualTo(7);
    Files.write(folder.resolve("data_batch_2.bin"), new byte[3_072]);
    catalog.scan();
    refuses("cifar", "data_batch_2.bin is not a CIFAR-10 file");
    Files.write(folder.resolve("data_batch_2.bin"), cifar(20, 7));
    catalog.scan();
    refuses("cifar", "data_batch_2.bin has label 7 in record 0");
  }

  private static byte[] cifar(int first, int... labels) {
    var file = ByteBuffer.allocate(labels.length * 3_073);
    for (int i = 0; i < labels.length; i++) {
      file.put((byte) labels[i]);
      for (int plane = 0; plane < 3; plane++) {
        for (int at = 0; at < 1_024; at++) {
          file.put((byte) (plane == 0 ? first + i : plane == 1 ? at % 32 : at / 32));
        }
      }
    }
    return file.array();
  }

  static byte[] npy(int version, String header, byte[] data) {
    String padded = header + " ".repeat(63 - (header.length() + 10) % 64) + "\n";
    var file = ByteBuffer.allocate(12 + padded.length() + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN);
    file.put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    file.put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) padded.length());
    } else {
      file.putInt(padded.length());
    }
    file.put(padded.getBytes(StandardCharsets.US_ASCII)).put(data);
    return Arrays.copyOf(file.array(), file.position());
  }

  private static String header(String type, String shape) {
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  }

  private void npz(Path file, Object... entries) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream stream = Files.newOutputStream(file);
        var zip = new ZipOutputStream(stream)) {
      for (int i = 0; i < entries.length; i += 2) {
        zip.putNextEntry(new ZipEntry(entries[i] + ".npy"));
        zip.write((byte[]) entries[i + 1]);
        zip.closeEntry();
      }
    }
  }

  private static byte[] longs(long... values) {
    var bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  @Test
  void numPyArraysAreTheTrainingAndTestParts() throws IOException {
    Path file = root.resolve("arrays.npz");
    npz(
        file,
        "x_train",
        npy(
            1,
            header("|u1", "(3, 1, 2, 3)"),
            new byte[] {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26}),
        "y_train",
        npy(1, header("<i8", "(3, 1)"), longs(1, 0, 1)),
        "x_test",
        npy(2, header("|u1", "(2, 1, 2, 3)"), new byte[] {31, 0, 0, 0, 0, 0, 41, 0, 0, 0, 0, 0}),
        "y_test",
        npy(2, header("|u1", "(2,)"), new byte[] {1, 0}),
        "notes",
        npy(1, header("|O", "(1,)"), new byte[] {0}));
    ImageDataset dataset = open("arrays", null, null);
    assertThat(dataset.description().sampleShape()).containsExactly(1, 2, 3);
    assertThat(samples(dataset, Part.TRAIN)).containsExactly("0:11", "1:1", "1:21");
    assertThat(dataset.pixels(Part.TRAIN, 0)).containsExactly(11, 12, 13, 14, 15, 16);
    assertThat(samples(dataset, Part.TEST)).containsExactly("0:41", "1:31");
    assertThat(facts("arrays").classCounts()).containsExactly(2, 3);
    Path folder = Files.createDirectories(root.resolve("named"));
    Files.move(file, folder.resolve("a.npz"));
    Files.writeString(folder.resolve("classes.txt"), "left\nright\n");
    assertThat(open("named", null, null).description().classes()).containsExactly("left", "right");
  }

  @Test
  void invalidNumPyArraysAreRefused() throws IOException {
    Path file = root.resolve("bad.npz");
    byte[] labels = npy(1, header("|u1", "(2,)"), new byte[] {1, 0});
    byte[] images = npy(1, header("|u1", "(2, 1, 1)"), new byte[] {1, 0});
    npz(file, "x_train", images);
    refuses("bad", "bad.npz has no array y_train");
    Object[][] cases = {
      {
        npy(1, header("|O", "(2, 1, 1)"), new byte[2]), labels, "bad.npz, x_train has the type '|O'"
      },
      {npy(1, header("<f4", "(2, 1, 1)"), new byte[8]), labels, "x_train has the type '<f4'"},
      {npy(1, header("|u1", "(2, 1, 1, 4)"), new byte[8]), labels, "has the shape [2, 1, 1, 4]"},
      {npy(1, header("|u1", "(99, 999, 999)"), new byte[8]), labels, "has 99 images but 2"},
      {
        npy(1, header("|u1", "(2, 999, 999)"), new byte[8]),
        labels,
        "has 1996002 values; at most 65536"
      },
      {npy(1, header("|u1", "(2, 1, 1)"), new byte[1]), labels, "x_train is truncated"},
      {npy(1, header("|u1", "(2, 1, 1)"), new byte[3]), labels, "is longer than its header says"},
      {
        npy(1, header("|u1", "(2, 1, 1)").replace("False", "True"), new byte[2]),
        labels,
        "in Fortran order"
      },
      {images, npy(1, header("<i8", "(2,)"), longs(1, -1)), "y_train has label -1 for image 1"},
      {images, npy(1, header("<i8", "(2,)"), longs(1, 1_000)), "label 1000 for image 1"},
      {images, npy(1, header("<f8", "(2,)"), longs(1, 1)), "y_train has the type '<f8'"},
      {images, npy(1, header("|u1", "(3,)"), new byte[3]), "has 2 images but 3 labels"},
      {new byte[] {1, 2, 3}, labels, "x_train is truncated"},
    };
    for (Object[] bad : cases) {
      npz(file, "x_train", bad[0], "y_train", bad[1]);
      catalog.scan();
      refuses("bad", (String) bad[2]);
    }
    Files.writeString(file, "no zip");
    catalog.scan();
    refuses("bad", "cannot be read as a .npz file");
  }

  private void labels(String text) throws IOException {
    Files.writeString(root.resolve("listed").resolve("labels.csv"), text);
    catalog.scan();
  }

  @Test
  void aListOfLabelsGivesEachImageItsClass() throws IOException {
    Path folder = Files.createDirectories(root.resolve("listed").resolve("images"));
    for (int i = 0; i < 4; i++) {
      TestImages.write(folder.resolve(i + ".png"), 40 + i, i, 10, 12);
    }
    labels("label,file\ndog,images/3.png\ncat,images/0.png\ndog,images/1.png\ncat,images/2.png\n");
    ImageDataset dataset = open("listed", 0.5, null);
    assertThat(dataset.description().classes()).containsExactly("cat", "dog");
    var all = samples(dataset, Part.TRAIN);
    all.addAll(samples(dataset, Part.TEST));
    assertThat(all).containsExactlyInAnyOrder("0:40", "0:42", "1:41", "1:43");
    assertThat(facts("listed").classCounts()).containsExactly(2, 2);
    labels("file,label\nimages/0.png,a\nimages/9.png,b\n");
    refuses("listed", "labels.csv, line 3: 'images/9.png' is not a file in the folder");
    labels("file,label\n../secret.png,a\n");
    refuses("listed", "labels.csv, line 2: '../secret.png' is not a file in the folder");
    labels("file,label\nimages/0.png,a\nimages/0.png,b\n");
    refuses("listed", "labels.csv, line 3: 'images/0.png' is listed twice");
    labels("file,label\nimages/0.png\n");
    refuses("listed", "labels.csv, line 2: has 1 cell, but the header has 2");
  }

  @Test
  void aListOfLabelsCanGiveEachImageANumber() throws IOException {
    Path folder = Files.createDirectories(root.resolve("listed").resolve("images"));
    var list = new StringBuilder("target,file\n");
    for (int i = 0; i < 8; i++) {
      TestImages.write(folder.resolve(i + ".png"), 40 + i, i, 10, 12);
      list.append(-0.5 * i).append(",images/").append(i).append(".png\n");
    }
    labels(list.toString());
    ImageDataset dataset = open("listed", 0.25, null);
    var description = dataset.description();
    assertThat(description.classes()).isNull();
    assertThat(description.series().horizon()).isEqualTo(1);
    assertThat(description.train()).isEqualTo(6);
    assertThat(description.test()).isEqualTo(2);
    double sum = 0;
    for (Part part : new Part[] {Part.TRAIN, Part.TEST}) {
      for (int sample = 0; sample < description.samples(part); sample++) {
        int shade = dataset.pixels(part, sample)[0] & 0xFF;
        assertThat(dataset.target(part, sample)).isEqualTo(-0.5f * (shade - 40));
        sum += part == Part.TRAIN ? dataset.target(part, sample) : 0;
      }
    }
    assertThat(dataset.mean()).isEqualTo((float) (sum / 6));
    DatasetFacts before = facts("listed");
    assertThat(before.samples()).isEqualTo(8);
    assertThat(before.classes()).isNull();
    labels(list.toString().replace("-0.5,", "-0.25,"));
    assertThat(facts("listed").fingerprint()).isNotEqualTo(before.fingerprint());
    labels("file,target\nimages/0.png,left\n");
    refuses("listed", "labels.csv, line 2: the target 'left' is not a number");
  }
}
