package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** The readers of external files, each with small valid files. */
final class ReaderInputs {
  private static final DatasetLimits LIMITS =
      new DatasetLimits(0, 1 << 20, 1 << 20, 1 << 20, BrokenImages.FAIL);

  private static final List<DatasetSpec.Series> SERIES =
      List.of(
          series(""),
          series(",\"missing\":\"interpolate\""),
          series(",\"missing\":\"drop_windows\",\"date_column\":null"),
          series(",\"date_column\":[\"a\",\"time\"],\"missing\":\"forward_fill\""),
          series(",\"date_column\":\"a\",\"date_format\":\"%d/%m/%Y %I:%M %p\""),
          series(",\"series_key\":{\"column\":\"b\",\"value\":\"2\"}"),
          series(",\"series_key\":{\"column\":\"a\"},\"missing\":\"interpolate\""),
          columns("\"target\":\"b\",\"calendar\":[\"hour\"],\"categorical\":[\"a\"]"),
          columns("\"label\":\"a\",\"missing\":\"drop_windows\",\"categorical\":[\"a\"]"));

  private static final List<DatasetSpec.Rows> ROWS =
      List.of(
          rows("\"b\""),
          rows("\"a\",\"missing\":\"drop_rows\""),
          rows("\"b\",\"target_type\":\"class\",\"missing\":\"drop_rows\""),
          rows("\"b\",\"features\":[\"a\"],\"categorical\":[\"a\"]"));

  private ReaderInputs() {}

  private static DatasetSpec.Rows rows(String options) {
    String json = "{\"name\":\"s\",\"target\":" + options + "}";
    return (DatasetSpec.Rows) Messages.readStrictly(bytes(json), DatasetSpec.class);
  }

  private static DatasetSpec.Series series(String options) {
    String json = "{\"name\":\"s\",\"column\":\"b\"" + options + "}";
    return (DatasetSpec.Series) Messages.readStrictly(bytes(json), DatasetSpec.class);
  }

  private static DatasetSpec.Series columns(String options) {
    String json = "{\"name\":\"s\",\"columns\":[\"a\",\"b\"]," + options + "}";
    return (DatasetSpec.Series) Messages.readStrictly(bytes(json), DatasetSpec.class);
  }

  /** Reads a file; it may throw the exceptions for invalid files, but no others. */
  interface Reader {
    void read(byte[] file) throws IOException;
  }

  /**
   * A reader.
   *
   * @param name its name
   * @param files valid files
   */
  record Target(String name, List<byte[]> files, Reader reader) {

    /** Reads a valid or damaged file. */
    void accept(byte[] file) {
      try {
        reader.read(file);
      } catch (BrokenImageException | InvalidMessageException e) {
        if (e.getMessage() == null) {
          throw new IllegalStateException("no reason", e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * All readers.
   *
   * @param folder a folder for files
   */
  static List<Target> all(Path folder) throws IOException {
    DataFile images = new DataFile.OnDisk(folder.resolve("images"));
    DataFile labels = new DataFile.OnDisk(folder.resolve("labels"));
    Files.write(folder.resolve("labels"), idx(0x0801, 2));
    return List.of(
        new Target("jpeg", jpegs(), ReaderInputs::decode),
        new Target("png", pngs(), ReaderInputs::decode),
        new Target("inks", resources("cmyk.jpg", "ycck.jpg"), ReaderInputs::decode),
        new Target(
            "gif",
            resources("still.gif", "animated.GIF", "transparent.gif", "offset.gif"),
            ReaderInputs::decode),
        new Target(
            "bmp",
            resources("colours.bmp", "grey.bmp", "palette.BMP", "bits.bmp", "fields.bmp"),
            ReaderInputs::decode),
        new Target(
            "tiff",
            resources(
                "tiff_lzw.tif",
                "tiff_adobe_deflate.tif",
                "packbits.tif",
                "fax.tif",
                "palette.tif",
                "inks.tif",
                "deep.tif"),
            ReaderInputs::decode),
        new Target(
            "webp",
            resources("lossless.webp", "lossy.WEBP", "animated.webp", "turned-6.webp"),
            ReaderInputs::decode),
        new Target(
            "npy",
            List.of(
                ImageFormsTest.npy(
                    1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", new byte[4])),
            file -> NpyArray.of("x", new ByteArrayInputStream(file)).bytes(1 << 20)),
        new Target("header", jpegs(), file -> ImageHeader.read(new ByteArrayInputStream(file))),
        new Target(
            "idx",
            List.of(idx(0x0803, 2, 4, 4), gzip(idx(0x0803, 2, 4, 4))),
            file -> {
              Files.write(folder.resolve("images"), file);
              idxOrFlaw(images, labels);
            }),
        new Target("csv", csvs(), file -> csv(folder.resolve("s.csv"), file)),
        new Target("safetensors", tensors(), file -> Safetensors.read(ByteBuffer.wrap(file))));
  }

  private static List<byte[]> resources(String... names) throws IOException {
    var files = new ArrayList<byte[]>();
    for (String name : names) {
      files.add(ImageFormatsTest.file(name));
    }
    return files;
  }

  private static void decode(byte[] file) throws IOException {
    Optional<ImageHeader> header = ImageHeader.read(new ByteArrayInputStream(file));
    if (header.isPresent() && header.get().pixels() <= LIMITS.imagePixels()) {
      ImageDecoder.decode(file, header.get());
    }
  }

  /**
   * Reads a file that may be a damaged gzip stream: the JDK throws an {@link IOException}, which
   * the catalog reports.
   */
  private static void idxOrFlaw(DataFile images, DataFile labels) throws IOException {
    try {
      IdxImages.read(images, labels, List.of(), LIMITS);
    } catch (IOException e) {
      throw new BrokenImageException(e.toString());
    }
  }

  private static void csv(Path path, byte[] file) throws IOException {
    Files.write(path, file);
    var series = new DataFile.OnDisk(path);
    try {
      new SeriesSurvey(new SeriesFile(series, LIMITS.csvBytes(), CsvSpelling.SHOWN)).read();
      if (file.length % 2 == 0) {
        DatasetSpec.Series spec = SERIES.get(file.length / 2 % SERIES.size());
        SeriesDataset.of(SeriesTable.read(series, LIMITS, spec), spec, null);
      } else {
        DatasetSpec.Rows spec = ROWS.get(file.length / 2 % ROWS.size());
        RowsDataset.of(RowsTable.read(Map.of(Part.TRAIN, series), LIMITS, spec), spec, null);
      }
    } catch (IOException e) {
      throw new BrokenImageException(e.toString()); // A damaged gzip stream, as above.
    }
  }

  /** Small JPEG images: grey and colour, sequential and progressive. */
  static List<byte[]> jpegs() throws IOException {
    var files = new ArrayList<byte[]>();
    for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB}) {
      for (int mode : new int[] {ImageWriteParam.MODE_DISABLED, ImageWriteParam.MODE_DEFAULT}) {
        files.add(written("jpeg", picture(type, 19, 25), mode));
      }
    }
    return files;
  }

  /** Small PNG images of all colour models, with and without interlacing. */
  static List<byte[]> pngs() throws IOException {
    var files = new ArrayList<byte[]>();
    for (int type :
        new int[] {
          BufferedImage.TYPE_BYTE_GRAY,
          BufferedImage.TYPE_USHORT_GRAY,
          BufferedImage.TYPE_BYTE_BINARY,
          BufferedImage.TYPE_BYTE_INDEXED,
          BufferedImage.TYPE_INT_RGB,
          BufferedImage.TYPE_INT_ARGB
        }) {
      files.add(written("png", picture(type, 19, 25), ImageWriteParam.MODE_DISABLED));
      files.add(written("png", picture(type, 19, 25), ImageWriteParam.MODE_DEFAULT));
    }
    return files;
  }

  static BufferedImage picture(int type, int height, int width) {
    var image = new BufferedImage(width, height, type);
    var random = new Random(type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, x * 9 << 16 | y * 11 << 8 | random.nextInt(256) | 0xC0 << 24);
      }
    }
    return image;
  }

  static byte[] written(String format, BufferedImage image, int progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(progressive);
    var bytes = new ByteArrayOutputStream();
    try (var stream = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] idx(int magic, int... sizes) {
    int count = 1;
    var bytes = ByteBuffer.allocate(256).putInt(magic);
    for (int size : sizes) {
      bytes.putInt(size);
      count *= size;
    }
    byte[] file = new byte[bytes.position() + count];
    bytes.flip().get(file, 0, bytes.limit());
    return file;
  }

  private static byte[] gzip(byte[] file) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var stream = new GZIPOutputStream(bytes)) {
      stream.write(file);
    }
    return bytes.toByteArray();
  }

  private static List<byte[]> csvs() {
    return List.of(
        bytes("a,b\n2020-01,1.5\n2020-02,2\n2020-03,-3e2\n"),
        bytes("a,b\n31/10/2020 1:30 PM,1.5\n1/11/2020 2 AM,2\n"),
        bytes("a;time;b\n31.12.2020;23:00;1.234,5\n01.01.2021;0:00;?\n01.01.2021;24;-2 %\n"),
        "\uFEFFa\tb\r2020-10-31 13:30Z\t1,234.5\r\r2020-10-30 1:00+01\tNaN\r"
            .getBytes(StandardCharsets.UTF_16LE),
        bytes("a,b,date\nOct 2020,1.5,1604151000\nMay 2020,2,1604151060\n"),
        bytes("\uFEFF\"a\",\"b\"\r\n\"x \"\"y\"\"\",\"7\"\r\n\r\n,+.5\r\n"));
  }

  private static List<byte[]> tensors() {
    String header =
        "{\"__metadata__\":{\"scale\":\"1\"},\"features\":{\"dtype\":\"U8\",\"shape\":[2,2],"
            + "\"data_offsets\":[0,4]},\"labels\":{\"dtype\":\""
            + DType.F32
            + "\",\"shape\":[1],\"data_offsets\":[4,8]}}";
    byte[] text = bytes(header);
    var file = ByteBuffer.allocate(8 + text.length + 8);
    file.order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return List.of(file.array());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
