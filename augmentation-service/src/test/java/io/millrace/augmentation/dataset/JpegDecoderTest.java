package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JpegDecoderTest {
  private static final JpegDecoder FASTEST = JpegDecoder.fastest();

  private static ImageHeader header(byte[] file) throws IOException {
    return ImageHeader.read(new ByteArrayInputStream(file)).orElseThrow();
  }

  private static void assertSame(byte[] file) throws IOException {
    Pixels fast = FASTEST.decode(file, header(file));
    Pixels plain = new PlainJpeg().decode(file, header(file));
    assertThat(fast.data()).isEqualTo(plain.data());
    assertThat(fast)
        .isEqualTo(new Pixels(fast.data(), plain.height(), plain.width(), plain.channels()));
  }

  private static void refuses(byte[] file, String reason) {
    assertThatThrownBy(() -> ImageDecoder.decode(file, header(file)))
        .isInstanceOf(BrokenImageException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void bothDecodersGiveTheSameBytes() throws IOException {
    for (byte[] file : ReaderInputs.jpegs()) {
      assertSame(file);
    }
  }

  @Test
  void bothDecodersGiveTheSameBytesForTheFlowers() throws IOException {
    Path flowers = Path.of(System.getProperty("shared.data", "../../shared/data"), "flowers/rose");
    assumeTrue(Files.isDirectory(flowers), flowers + " is not there");
    try (Stream<Path> files = Files.list(flowers)) {
      for (Path file : (Iterable<Path>) files.limit(100)::iterator) {
        assertSame(Files.readAllBytes(file));
      }
    }
  }

  @Test
  void manyThreadsCanDecodeConcurrently() throws IOException {
    byte[] file = ReaderInputs.jpegs().get(3);
    ImageHeader header = header(file);
    byte[] expected = new PlainJpeg().decode(file, header).data();
    assertThat(
            IntStream.range(0, 2_000)
                .parallel()
                .allMatch(i -> Arrays.equals(decoded(file, header), expected)))
        .isTrue();
  }

  private static byte[] decoded(byte[] file, ImageHeader header) {
    try {
      return FASTEST.decode(file, header).data();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileTruncatedAtAnyLengthIsRefused() throws IOException {
    for (byte[] whole : ReaderInputs.jpegs()) {
      ImageHeader header = header(whole);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> ImageDecoder.decode(cut, header))
            .isInstanceOf(BrokenImageException.class);
      }
    }
  }

  @Test
  void bytesAfterTheEndOfAnImageAreIgnored() throws IOException {
    byte[] file = ReaderInputs.jpegs().get(2);
    byte[] longer = Arrays.copyOf(file, file.length + 1_000);
    assertThat(ImageDecoder.decode(longer, header(file)).data())
        .isEqualTo(ImageDecoder.decode(file, header(file)).data());
  }

  @Test
  void anImageWithAThousandScansIsRefused() throws IOException {
    byte[] file = ReaderInputs.jpegs().get(3);
    int scan = lastScan(file);
    var many = new ByteArrayOutputStream();
    many.write(file, 0, scan);
    for (int i = 0; i < 1_000; i++) {
      many.write(file, scan, file.length - 2 - scan);
    }
    many.write(file, file.length - 2, 2);
    refuses(many.toByteArray(), "more than 100 scans");
  }

  private static int lastScan(byte[] file) {
    int at = file.length - 2;
    while (file[at] != (byte) 0xFF || file[at + 1] != (byte) 0xDA) {
      at--;
    }
    return at;
  }

  @Test
  void aFileThatNoLongerMatchesItsHeaderIsRefused() throws IOException {
    List<byte[]> files = ReaderInputs.jpegs();
    var grey = header(files.get(0));
    assertThatThrownBy(() -> ImageDecoder.decode(files.get(2), grey))
        .isInstanceOf(BrokenImageException.class)
        .hasMessage("it has changed");
  }
}
