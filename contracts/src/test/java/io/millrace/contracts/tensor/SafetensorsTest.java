package io.millrace.contracts.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  private static final TensorSpec FEATURES = new TensorSpec("features", DType.U8, List.of(2, 3));
  private static final char[] SURROGATES = surrogates();
  private static final TensorSpec LABELS = new TensorSpec("labels", DType.F32, List.of(2));

  @Provide
  Arbitrary<List<TensorSpec>> specs() {
    Arbitrary<List<Integer>> shapes = Arbitraries.integers().between(0, 7).list().ofMaxSize(4);
    Arbitrary<TensorSpec> spec =
        Combinators.combine(texts(), Arbitraries.of(DType.class), shapes).as(TensorSpec::new);
    return spec.list().ofMaxSize(5).uniqueElements(TensorSpec::name);
  }

  @Provide
  Arbitrary<Map<String, String>> metadata() {
    return Arbitraries.maps(texts(), texts()).ofMaxSize(4);
  }

  /** Any Unicode characters that UTF-8 can encode, including quotes and line ends. */
  private static Arbitrary<String> texts() {
    return Arbitraries.strings().excludeChars(SURROGATES).ofMaxLength(12);
  }

  @Property(tries = 300)
  void writtenTensorsAndMetadataAreReadBack(
      @ForAll("specs") List<TensorSpec> specs,
      @ForAll("metadata") Map<String, String> metadata,
      @ForAll long seed) {
    var layout = new SafetensorsLayout(specs, metadata);
    byte[] file = new byte[layout.bytes()];
    new Random(seed).nextBytes(file);
    byte[] values = file.clone();
    layout.writeHeader(file);

    Safetensors read = Safetensors.read(ByteBuffer.wrap(file));

    assertThat(read.metadata()).isEqualTo(metadata);
    assertThat(read.tensors().values())
        .extracting(Safetensors.Tensor::spec)
        .containsExactlyInAnyOrderElementsOf(specs);
    for (TensorSpec spec : specs) {
      ByteBuffer data = read.tensor(spec.name()).data();
      int offset = layout.offset(spec.name());
      assertThat(data.position()).isZero();
      assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(data).isEqualTo(ByteBuffer.wrap(values, offset, spec.bytes()));
    }
  }

  @Property(tries = 200)
  void theDataStartAtAMultipleOfEightAndTensorsFollowWithoutGaps(
      @ForAll("specs") List<TensorSpec> specs) {
    var layout = new SafetensorsLayout(specs, Map.of());
    int end = layout.bytes() - specs.stream().mapToInt(TensorSpec::bytes).sum();
    assertThat(end % 8).isZero();
    for (TensorSpec spec : specs) {
      assertThat(layout.offset(spec.name())).isEqualTo(end);
      end += spec.bytes();
    }
    assertThat(end).isEqualTo(layout.bytes());
  }

  @Property(tries = 200)
  void tensorsWithTheWidestElementsFirstAreAllAligned(@ForAll("specs") List<TensorSpec> specs) {
    var widestFirst = new ArrayList<>(specs);
    widestFirst.sort((a, b) -> b.dtype().bytes() - a.dtype().bytes());
    var layout = new SafetensorsLayout(widestFirst, Map.of("scale", "1"));
    for (TensorSpec spec : widestFirst) {
      assertThat(layout.offset(spec.name()) % spec.dtype().bytes()).isZero();
    }
  }

  @Test
  void aFloatTensorAfterAByteTensorIsUnalignedButReadable() {
    var layout = new SafetensorsLayout(List.of(FEATURES, LABELS), Map.of());
    assertThat(layout.offset("features") % 8).isZero();
    assertThat(layout.offset("labels") % 8).isEqualTo(6);
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(layout.offset("labels"), 0.5f)
        .putFloat(layout.offset("labels") + 4, -2);
    ByteBuffer labels = Safetensors.read(ByteBuffer.wrap(file)).tensor("labels").data();
    assertThat(labels.asFloatBuffer().get(0)).isEqualTo(0.5f);
    assertThat(labels.asFloatBuffer().get(1)).isEqualTo(-2);
  }

  @Test
  void viewsShareTheFilesBytesAndCannotChangeThem() {
    byte[] file = example();
    var layout = new SafetensorsLayout(List.of(FEATURES, LABELS), Map.of("offset", "0"));
    ByteBuffer direct = ByteBuffer.allocateDirect(file.length + 5).position(5);
    direct.put(file).position(5);
    for (ByteBuffer buffer : List.of(ByteBuffer.wrap(file), direct)) {
      int start = buffer.position();
      ByteBuffer view = Safetensors.read(buffer).tensor("features").data();

      buffer.put(start + layout.offset("features") + 2, (byte) 77);

      assertThat(view.get(2)).isEqualTo((byte) 77);
      assertThat(view.isDirect()).isEqualTo(buffer.isDirect());
      assertThat(view.isReadOnly()).isTrue();
      assertThatThrownBy(() -> view.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
      assertThat(buffer.position()).isEqualTo(start);
      assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }
  }

  @Test
  void aMappedFileIsReadInPlace(@TempDir Path folder) throws IOException {
    Path path = Files.write(folder.resolve("batch.safetensors"), example());
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      Safetensors read = Safetensors.read(map);
      assertThat(read.tensors().keySet()).containsExactly("features", "labels");
      assertThat(read.tensor("features").data().isDirect()).isTrue();
      assertThat(read.metadata()).containsExactly(Map.entry("offset", "0"));
    }
  }

  @Test
  void aFileWithoutTensorsIsValid() {
    Safetensors read = Safetensors.read(file("{}", 0));
    assertThat(read.tensors()).isEmpty();
    assertThat(read.metadata()).isEmpty();
    assertThatThrownBy(() -> read.tensor("features"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("features: is required");
  }

  @Test
  void tensorsAreListedInTheOrderOfTheirDataNotOfTheHeader() {
    Safetensors read =
        Safetensors.read(
            file(
                """
                {"b": {"dtype": "U8", "shape": [1], "data_offsets": [4, 5]},
                 "a": {"dtype": "I32", "shape": [], "data_offsets": [0, 4]}}""",
                5));
    assertThat(read.tensors().keySet()).containsExactly("a", "b");
    assertThat(read.tensor("a").spec().elements()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []      | 0 | header: is not a JSON object
          3.5     | 0 | header: is not a JSON object
          null    | 0 | header: is not a JSON object
          {"a"    | 0 | header: is not valid JSON: Unexpected end-of-input within/between Object entries
          {} {}   | 0 | header: is not valid JSON: Trailing token (of type START_OBJECT) found after value (...
          {"a": 3} | 0 | a: needs exactly dtype, shape and two data_offsets
          {"a": null} | 0 | a: needs exactly dtype, shape and two data_offsets
          {"a": [1, 2, 3]} | 0 | a: needs exactly dtype, shape and two data_offsets
          {"a": {}} | 0 | a: needs exactly dtype, shape and two data_offsets
          {"a": {"dtype": "U8", "shape": 1, "data_offsets": [0, 1]}} | 1 | a: needs exactly dtype, shape and two data_offsets
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1, 2]}} | 1 | a: needs exactly dtype, shape and two data_offsets
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1], "x": 1}} | 1 | a: needs exactly dtype, shape and two data_offsets
          {"a": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}} | 2 | a.dtype: 'F16' is not known; give one of [U8, I32, I64, F32, F64]
          {"a": {"dtype": "u8", "shape": [1], "data_offsets": [0, 1]}} | 1 | a.dtype: 'u8' is not known; give one of [U8, I32, I64, F32, F64]
          {"a": {"dtype": 8, "shape": [1], "data_offsets": [0, 1]}} | 1 | a.dtype: '8' is not known; give one of [U8, I32, I64, F32, F64]
          {"a": {"dtype": "U8", "shape": [1.0], "data_offsets": [0, 1]}} | 1 | a.shape: 1.0 is not a dimension
          {"a": {"dtype": "U8", "shape": ["1"], "data_offsets": [0, 1]}} | 1 | a.shape: "1" is not a dimension
          {"a": {"dtype": "U8", "shape": [4294967297], "data_offsets": [0, 1]}} | 1 | a.shape: 4294967297 is not a dimension
          {"a": {"dtype": "U8", "shape": [-1], "data_offsets": [0, 1]}} | 1 | a.shape: [-1] has a negative dimension
          {"a": {"dtype": "U8", "shape": [-1, -1], "data_offsets": [0, 1]}} | 1 | a.shape: [-1, -1] has a negative dimension
          {"a": {"dtype": "F64", "shape": [65536, 65536], "data_offsets": [0, 1]}} | 1 | a.shape: [65536, 65536] is larger than 2 GiB
          {"a": {"dtype": "U8", "shape": [65536, 65536, 65536, 65536], "data_offsets": [0, 0]}} | 0 | a.shape: [65536, 65536, 65536, 65536] is larger than 2 GiB
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0.0, 1]}} | 1 | a.data_offsets: are not 64-bit integers
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": ["0", 1]}} | 1 | a.data_offsets: are not 64-bit integers
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [18446744073709551616, 18446744073709551617]}} | 1 | a.data_offsets: are not 64-bit integers
          {"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 1]}} | 1 | a.data_offsets: span 1 bytes, but the shape needs 2
          {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 1]}} | 1 | a.data_offsets: span 1 bytes, but the shape needs 4
          {"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}} | 1 | a.data_offsets: [0, 2] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [1, 2]}} | 2 | a.data_offsets: [1, 2] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [-1, 0]}} | 1 | a.data_offsets: [-1, 0] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [1, 0]}} | 1 | a.data_offsets: [1, 0] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, -9223372036854775808]}} | 1 | a.data_offsets: span -9223372036854775808 bytes, but the shape needs 1
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 9223372036854775807]}} | 1 | a.data_offsets: [0, 9223372036854775807] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}, "b": {"dtype": "U8", "shape": [2], "data_offsets": [1, 3]}} | 3 | b.data_offsets: [1, 3] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}, "b": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}} | 2 | b.data_offsets: [0, 2] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}, "b": {"dtype": "U8", "shape": [1], "data_offsets": [2, 3]}} | 3 | b.data_offsets: [2, 3] overlaps another tensor, leaves a gap or lies outside the data
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}} | 2 | 1 bytes follow the last tensor
          {} | 1 | 1 bytes follow the last tensor
          {"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}, "a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}} | 1 | header: is not valid JSON: Duplicate field 'a'
          {"__metadata__": {"a": 1}} | 0 | __metadata__.a: is not a string
          {"__metadata__": {"a": null}} | 0 | __metadata__.a: is not a string
          {"__metadata__": []} | 0 | __metadata__: is not an object
          {"__metadata__": {"a": "1", "a": "2"}} | 0 | header: is not valid JSON: Duplicate field 'a'
          """)
  void malformedHeadersAreRefused(String header, int dataBytes, String error) {
    assertThatThrownBy(() -> Safetensors.read(file(header, dataBytes)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(error);
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3", "11", "1048577", "-1", "9223372036854775807", "-9223372036854775808"})
  void aHeaderOfImpossibleLengthIsRefused(long length) {
    ByteBuffer file = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    file.put((byte) '{').put((byte) '}').flip();
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "header: has a length of " + Long.toUnsignedString(length) + " bytes; give 2..2");
  }

  @Test
  void aFileTooShortForAHeaderLengthIsRefused() {
    assertThatThrownBy(() -> Safetensors.read(ByteBuffer.allocate(7)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("has 7 bytes; a safetensors file has at least 8");
  }

  @Test
  void headersInAnotherEncodingOrNestedTooDeeplyAreRefused() {
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> Safetensors.read(file(utf16, 0)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("header: is not valid JSON");
    assertThatThrownBy(() -> Safetensors.read(file(new byte[] {'{', (byte) 0xFF, '}'}, 0)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("header: is not UTF-8");
    assertThatThrownBy(() -> Safetensors.read(file("{\"a\":" + "[".repeat(1 << 18), 0)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("header: is not valid JSON");
  }

  @Test
  void aHeaderThatNoReaderWouldAcceptIsNotWritten() {
    assertThatThrownBy(() -> new SafetensorsLayout(List.of(LABELS, LABELS), Map.of()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("labels: is taken; give the tensor another name");
    var metadata = new TensorSpec("__metadata__", DType.U8, List.of(1));
    assertThatThrownBy(() -> new SafetensorsLayout(List.of(metadata), Map.of()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("__metadata__: is taken; give the tensor another name");
    assertThatThrownBy(
            () -> new SafetensorsLayout(List.of(LABELS), Map.of("x", "y".repeat(1 << 20))))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("header: has ");
    var half = List.of(1 << 30);
    assertThatThrownBy(
            () ->
                new SafetensorsLayout(
                    List.of(
                        new TensorSpec("a", DType.U8, half), new TensorSpec("b", DType.U8, half)),
                    Map.of()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("b: makes the file larger than 2 GiB");
    assertThatThrownBy(() -> new SafetensorsLayout(List.of(LABELS), Map.of()).offset("x"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("x: is required");
  }

  /** Any bytes give a file or an error. A number in them never determines the size of an array. */
  @Property(tries = 3000)
  void damagedFilesAreReadOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int damages) {
    var random = new Random(seed);
    byte[] file = example();
    for (int i = 0; i < damages; i++) {
      int at = random.nextInt(file.length);
      switch (random.nextInt(5)) {
        case 0 -> file[at] = (byte) random.nextInt(256);
        case 1 -> file[at] = (byte) "{}[]\",:0123456789.-eE".charAt(random.nextInt(21));
        case 2 -> file = Arrays.copyOf(file, Math.max(1, at));
        case 3 -> file = Arrays.copyOf(file, file.length + random.nextInt(9));
        default -> ByteBuffer.wrap(file).putInt(Math.min(at, file.length - 4 & ~3), 1);
      }
      if (file.length < 4) {
        break;
      }
    }
    readOrRefused(file);
  }

  @Property(tries = 1000)
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes, @ForAll String header) {
    readOrRefused(bytes);
    readOrRefused(file(header, bytes.length).array());
  }

  private static void readOrRefused(byte[] file) {
    Throwable error = catchThrowable(() -> Safetensors.read(ByteBuffer.wrap(file)));
    if (error != null) {
      assertThat(error).isInstanceOf(InvalidMessageException.class);
      assertThat(error.getMessage()).hasSizeBetween(1, 300);
    }
  }

  private static byte[] example() {
    var layout = new SafetensorsLayout(List.of(FEATURES, LABELS), Map.of("offset", "0"));
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    return file;
  }

  private static ByteBuffer file(String header, int dataBytes) {
    return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  private static ByteBuffer file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .rewind();
  }

  private static char[] surrogates() {
    var chars = new char[Character.MAX_SURROGATE - Character.MIN_SURROGATE + 1];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) (Character.MIN_SURROGATE + i);
    }
    return chars;
  }
}
