package io.millrace.contracts.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, read in place: an 8-byte little-endian header length, a JSON header, and the
 * tensors' raw little-endian values. The buffers of the tensors are views of the file's own bytes,
 * which may be an array, direct memory or a mapped file.
 *
 * @param tensors by name, in the order of the file
 * @param metadata texts by name
 * @see <a href="https://huggingface.co/docs/safetensors">safetensors</a>
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** The longest header that is read or written, in bytes. */
  static final int MAX_HEADER = 1 << 20;

  private static final JsonMapper JSON =
      Json.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * A tensor in a file.
   *
   * @param spec its name, type and shape
   * @param data its values: a read-only little-endian view from position 0 to its limit
   */
  public record Tensor(TensorSpec spec, ByteBuffer data) {}

  private record Placed(TensorSpec spec, long start, long end) {}

  /** The tensor with this name. */
  public Tensor tensor(String name) {
    return Check.required(name, tensors.get(name));
  }

  /**
   * Reads a file from a buffer's position to its limit, without changing the buffer's state.
   *
   * @throws InvalidMessageException if the header is longer than the file or than 1 MiB, is not
   *     valid, or names an unknown type; or if the tensors do not fill the data exactly: they lie
   *     outside of it, overlap, have another size than their shape, or leave gaps
   */
  public static Safetensors read(ByteBuffer file) {
    ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < Long.BYTES) {
      throw new InvalidMessageException(
          "", "has " + bytes.remaining() + " bytes; a safetensors file has at least " + Long.BYTES);
    }
    long length = bytes.getLong();
    if (length < 2 || length > MAX_HEADER || length > bytes.remaining()) {
      throw new InvalidMessageException(
          "header",
          "has a length of "
              + Long.toUnsignedString(length)
              + " bytes; give 2.."
              + Math.min(MAX_HEADER, bytes.remaining()));
    }
    JsonNode header = parse(bytes.slice(Long.BYTES, (int) length));
    ByteBuffer data = bytes.position(Long.BYTES + (int) length).slice();
    var metadata = new LinkedHashMap<String, String>();
    var placed = new ArrayList<Placed>();
    for (var entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        metadata(entry.getValue(), metadata);
      } else {
        placed.add(placed(entry.getKey(), entry.getValue()));
      }
    }
    return new Safetensors(
        Collections.unmodifiableMap(views(placed, data)), Collections.unmodifiableMap(metadata));
  }

  private static JsonNode parse(ByteBuffer text) {
    try {
      JsonNode header = JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(text).toString());
      if (!header.isObject()) {
        throw new InvalidMessageException("header", "is not a JSON object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new InvalidMessageException(
          "header", "is not valid JSON: " + Check.cut(e.getOriginalMessage()));
    } catch (CharacterCodingException e) {
      throw new InvalidMessageException("header", "is not UTF-8");
    }
  }

  private static void metadata(JsonNode node, Map<String, String> metadata) {
    if (!node.isObject()) {
      throw new InvalidMessageException("__metadata__", "is not an object");
    }
    for (var entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new InvalidMessageException(
            "__metadata__." + Check.cut(entry.getKey()), "is not a string");
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private static Placed placed(String tensor, JsonNode node) {
    String name = Check.cut(tensor);
    String dtype = node.path("dtype").asText();
    JsonNode shape = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!shape.isArray() || !offsets.isArray() || offsets.size() != 2 || node.size() != 3) {
      throw new InvalidMessageException(name, "needs exactly dtype, shape and two data_offsets");
    }
    var dimensions = new ArrayList<Integer>();
    for (JsonNode dimension : shape) {
      if (!dimension.isIntegralNumber() || !dimension.canConvertToInt()) {
        throw new InvalidMessageException(
            name + ".shape", Check.cut(dimension.toString()) + " is not a dimension");
      }
      dimensions.add(dimension.intValue());
    }
    if (!isLong(offsets.get(0)) || !isLong(offsets.get(1))) {
      throw new InvalidMessageException(name + ".data_offsets", "are not 64-bit integers");
    }
    return new Placed(
        new TensorSpec(tensor, dtype(name, dtype), dimensions),
        offsets.get(0).longValue(),
        offsets.get(1).longValue());
  }

  private static boolean isLong(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong();
  }

  private static DType dtype(String name, String text) {
    try {
      return DType.valueOf(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException(
          name + ".dtype",
          Check.quote(text) + " is not known; give one of " + Arrays.toString(DType.values()));
    }
  }

  private static Map<String, Tensor> views(List<Placed> placed, ByteBuffer data) {
    placed.sort(Comparator.comparingLong(Placed::start).thenComparingLong(Placed::end));
    var tensors = new LinkedHashMap<String, Tensor>();
    long end = 0;
    for (Placed tensor : placed) {
      String name = Check.cut(tensor.spec.name());
      if (tensor.start != end || tensor.end > data.limit()) {
        throw new InvalidMessageException(
            name + ".data_offsets",
            "["
                + tensor.start
                + ", "
                + tensor.end
                + "] overlaps another tensor, leaves a gap or lies outside the data");
      }
      if (tensor.end - tensor.start != tensor.spec.bytes()) {
        throw new InvalidMessageException(
            name + ".data_offsets",
            "span "
                + (tensor.end - tensor.start)
                + " bytes, but the shape needs "
                + tensor.spec.bytes());
      }
      end = tensor.end;
      ByteBuffer view =
          data.slice((int) tensor.start, tensor.spec.bytes())
              .asReadOnlyBuffer()
              .order(ByteOrder.LITTLE_ENDIAN);
      tensors.put(tensor.spec.name(), new Tensor(tensor.spec, view));
    }
    if (end != data.limit()) {
      throw new InvalidMessageException("", (data.limit() - end) + " bytes follow the last tensor");
    }
    return tensors;
  }
}
