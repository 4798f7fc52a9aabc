package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Malicious files, and files damaged by a disk. */
class HostileFilesTest {
  private static final int BOMB = 200 << 20;

  @TempDir Path root;
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void fill() throws IOException {
    folder = TestImages.folder(root, "shapes", 5, 5);
  }

  private ImageDataset open(BrokenImages broken) {
    var limits = new DatasetLimits(1 << 20, 1_000_000, 1 << 20, 1 << 20, broken);
    var catalog = new DatasetCatalog(List.of(root), limits, new DecodedCache(0), nanos -> {});
    var spec = new DatasetSpec.Images("shapes", null, null, null, null, null, null);
    return (ImageDataset) catalog.open(spec);
  }

  private static void decodeAll(ImageDataset dataset) {
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      for (int sample = 0; sample < dataset.description().samples(part); sample++) {
        dataset.pixels(part, sample);
      }
    }
  }

  private void put(String name, byte[] file) throws IOException {
    Files.write(folder.resolve("two").resolve(name), file);
  }

  private static byte[] png(int height, int width, byte[] data, String extra, byte[] text)
      throws IOException {
    var file = new ByteArrayOutputStream();
    var stream = new DataOutputStream(file);
    stream.writeLong(0x89504E470D0A1A0AL);
    var header = new ByteArrayOutputStream();
    var fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 2, 0, 0, 0});
    chunk(stream, "IHDR", header.toByteArray());
    chunk(stream, extra, text);
    chunk(stream, "IDAT", data);
    chunk(stream, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(DataOutputStream stream, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(data);
    stream.writeInt(data.length);
    stream.write(name);
    stream.write(data);
    stream.writeInt((int) crc.getValue());
  }

  private static byte[] deflated(int zeros) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new DeflaterOutputStream(bytes)) {
      stream.write(new byte[zeros]);
    }
    return bytes.toByteArray();
  }

  private static byte[] text(byte[] keyword, byte[] deflated) {
    byte[] text = Arrays.copyOf(keyword, keyword.length + deflated.length);
    System.arraycopy(deflated, 0, text, keyword.length, deflated.length);
    return text;
  }

  private static long allocatedBy(Runnable what) {
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    what.run();
    return thread.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void anImageOfTenBillionPixelsIsLeftOut() throws IOException {
    put("huge.png", png(100_000, 100_000, deflated(10), "tEXt", new byte[] {'a', 0}));
    assertThat(open(BrokenImages.FAIL).description().skipped()).isEqualTo(1);
  }

  @Test
  void compressionBombsInPngFilesAllocateLittleMemory() throws IOException {
    byte[] bomb = deflated(BOMB);
    put("data.png", png(10, 12, bomb, "tEXt", new byte[] {'a', 0}));
    put("note.png", png(10, 12, deflated(10 * 37), "zTXt", text(new byte[] {'a', 0, 0}, bomb)));
    put("icc.png", png(10, 12, deflated(10 * 37), "iCCP", text(new byte[] {'a', 0, 0}, bomb)));
    ImageDataset dataset = open(BrokenImages.FAIL);
    assertThat(allocatedBy(() -> decodeAll(dataset))).isLessThan(BOMB / 4);
  }

  @Test
  void aBrokenImageFailsItsTaskOrIsLeftOutAsConfigured() throws IOException {
    byte[] jpeg = ReaderInputs.jpegs().get(3);
    put("cut.jpg", Arrays.copyOf(jpeg, jpeg.length - 40));
    byte[] png = ReaderInputs.pngs().get(0);
    put("cut.png", Arrays.copyOf(png, png.length / 2));
    put("empty.jpg", new byte[0]);
    ImageDataset failing = open(BrokenImages.FAIL);
    assertThat(failing.description().skipped()).isEqualTo(1);
    assertThatThrownBy(() -> decodeAll(failing))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("two/cut.");
    ImageDataset skipping = open(BrokenImages.SKIP);
    decodeAll(skipping);
    assertThat(skipping.description().skipped()).isEqualTo(3);
    assertThat(open(BrokenImages.SKIP).description()).isEqualTo(skipping.description());
  }

  @Test
  void aLinkOutOfTheRootIsLeftOut() throws IOException {
    Path secret = outside.resolve("secret.png");
    TestImages.write(secret, 9, 9, 10, 12);
    Files.createSymbolicLink(folder.resolve("two").resolve("link.png"), secret);
    Files.createSymbolicLink(folder.resolve("three"), outside);
    var description = open(BrokenImages.FAIL).description();
    assertThat(description.classes()).containsExactly("one", "two");
    assertThat(description.skipped()).isEqualTo(1);
  }

  @Test
  void aSeriesThatInflatesAThousandfoldIsRefused() throws IOException {
    try (var file = new GZIPOutputStream(Files.newOutputStream(root.resolve("bomb.csv")))) {
      file.write("a,b\n".getBytes(StandardCharsets.US_ASCII));
      file.write(new byte[BOMB / 10]);
    }
    var limits = new DatasetLimits(0, 0, 0, 1 << 20);
    var catalog = new DatasetCatalog(List.of(root), limits, new DecodedCache(0), nanos -> {});
    var spec = new DatasetSpec.Series("bomb", "b", null, 1, 1, null, null, 0.2, null);
    assertThatThrownBy(() -> catalog.open(spec))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("more than 1048576 bytes");
  }
}
