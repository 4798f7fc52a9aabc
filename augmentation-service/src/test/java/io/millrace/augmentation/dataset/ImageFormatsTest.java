package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares images of all formats with the Pillow library. {@code make.py} in the folder of the
 * images wrote them.
 */
class ImageFormatsTest {

  /** The expected pixels of a file, upright. */
  record Expected(String name, Pixels pixels) {
    @Override
    public String toString() {
      return name;
    }
  }

  static byte[] file(String name) throws IOException {
    try (InputStream stream = ImageFormatsTest.class.getResourceAsStream("/images/" + name)) {
      return stream.readAllBytes();
    }
  }

  static List<Expected> expected() throws IOException {
    return new String(file("expected.txt"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" "))
        .map(
            part ->
                new Expected(
                    part[0],
                    new Pixels(
                        HexFormat.of().parseHex(part[4]),
                        Integer.parseInt(part[1]),
                        Integer.parseInt(part[2]),
                        Integer.parseInt(part[3]))))
        .toList();
  }

  static Pixels expected(String name) throws IOException {
    return expected().stream()
        .filter(image -> image.name.equals(name))
        .findFirst()
        .orElseThrow()
        .pixels();
  }

  /** The files whose decoded bytes equal Pillow's. */
  static Stream<Expected> exact() throws IOException {
    return expected().stream().filter(image -> !isLossyWebP(image.name));
  }

  static Stream<Expected> lossyWebP() throws IOException {
    return expected().stream().filter(image -> isLossyWebP(image.name));
  }

  private static boolean isLossyWebP(String name) {
    return name.equals("lossy.WEBP") || name.equals("odd.webp");
  }

  static ImageHeader header(byte[] file) throws IOException {
    return ImageHeader.read(new ByteArrayInputStream(file)).orElseThrow();
  }

  private static Pixels read(String name) throws IOException {
    byte[] file = file(name);
    ImageHeader header = header(file);
    Pixels upright = ImageDecoder.decode(file, header).turned(header.orientation());
    assertThat(upright.height()).isEqualTo(header.uprightHeight());
    assertThat(upright.width()).isEqualTo(header.uprightWidth());
    return upright;
  }

  @ParameterizedTest
  @MethodSource("exact")
  void decodedPixelsMatchPillow(Expected image) throws IOException {
    Pixels pixels = read(image.name);
    assertThat(List.of(pixels.height(), pixels.width(), pixels.channels()))
        .isEqualTo(List.of(image.pixels.height(), image.pixels.width(), image.pixels.channels()));
    assertThat(pixels.data()).isEqualTo(image.pixels.data());
  }

  /**
   * Unlike libwebp, the decoder does not smooth the colours between their samples. The images have
   * noise, so that the difference is large.
   */
  @ParameterizedTest
  @MethodSource("lossyWebP")
  void decodedPixelsOfLossyWebPAreCloseToPillow(Expected image) throws IOException {
    Pixels pixels = read(image.name);
    byte[] expected = image.pixels.data();
    assertThat(pixels.data()).hasSameSizeAs(expected);
    long sum = 0;
    int most = 0;
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xFF) - (pixels.data()[i] & 0xFF));
      sum += difference;
      most = Math.max(most, difference);
    }
    assertThat((double) sum / expected.length).isLessThan(5);
    assertThat(most).isLessThan(32);
  }

  @ParameterizedTest
  @MethodSource("expected")
  void aFileTruncatedAtAnyLengthIsRefused(Expected image) throws IOException {
    byte[] whole = file(image.name);
    ImageHeader header = header(whole);
    int end = end(whole);
    for (int length = 0; length < end; length += length < 200 ? 1 : 13) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> ImageDecoder.decode(cut, header))
          .as("%s of %s bytes", length, end)
          .isInstanceOf(BrokenImageException.class);
    }
  }

  /** The end of the first image's data; the rest is not read. */
  private static int end(byte[] file) throws IOException {
    return switch (ImageHeader.Format.of(file)) {
      case GIF -> gifEnd(file);
      case WEBP -> WebPFile.plain(file).length - 64; // Without the appended zeros.
      case TIFF, PNG -> file.length - 20;
      default -> file.length;
    };
  }

  private static int gifEnd(byte[] file) {
    int length = file.length;
    while (length > 0 && isWholeGif(Arrays.copyOf(file, length - 1))) {
      length--;
    }
    return length;
  }

  private static boolean isWholeGif(byte[] file) {
    try {
      return GifHeader.whole(file) != null;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void sizesAreReadFromTheHeaderAlone() throws IOException {
    byte[] gif = file("still.gif");
    byte[] tiff = file("raw.tif");
    byte[] bmp = file("colours.bmp");
    gif[6] = gif[7] = gif[8] = gif[9] = (byte) 0xFF; // screen, 65,535 × 65,535
    bmp[20] = 0x10; // width, 1,048,599
    assertThat(header(gif).pixels()).isEqualTo(65_535L * 65_535);
    assertThat(header(bmp).width()).isEqualTo(0x100000 + 23);
    int width = new String(tiff, StandardCharsets.ISO_8859_1).indexOf("\0\1\4\0\1\0\0\0");
    tiff[width + 9] = 0x70;
    assertThat(header(tiff).width()).isEqualTo(0x7000 + 23);
  }

  @Test
  void aWebPImageWithACanvasOfAnotherSizeHasNoValidHeader() throws IOException {
    byte[] file = file("profile.webp");
    int canvas = new String(file, StandardCharsets.ISO_8859_1).indexOf("VP8X");
    assertThat(canvas).isEqualTo(12);
    file[canvas + 12] = 5; // 23 columns become 6
    assertThat(ImageHeader.read(new ByteArrayInputStream(file))).isEmpty();
  }

  @Test
  void theFormatIsRecognisedFromTheContent() {
    assertThat(ImageHeader.Format.of(new byte[] {'B', 'M', 0})).isEqualTo(ImageHeader.Format.BMP);
    assertThat(ImageHeader.Format.of(new byte[] {'R', 'I', 'F', 'F'}))
        .isEqualTo(ImageHeader.Format.OTHER);
  }
}
