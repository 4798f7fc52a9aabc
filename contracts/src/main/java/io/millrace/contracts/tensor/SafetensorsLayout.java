package io.millrace.contracts.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The layout of a safetensors file, computed before the values of its tensors: allocate {@link
 * #bytes()} once, call {@link #writeHeader}, and compute each tensor in place at its {@link
 * #offset}.
 *
 * <p>The header is padded with spaces so that the data starts at a multiple of 8 bytes from the
 * start of the file. The format has no gaps between tensors, so their order determines their
 * alignment: put tensors with the widest elements first. A tensor after {@code n} bytes of data
 * starts at a multiple of 8 only if {@code n} is a multiple of 8.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">safetensors</a>
 */
public final class SafetensorsLayout {
  private static final int ALIGNMENT = 8;

  private final byte[] header;
  private final Map<String, Integer> offsets = new HashMap<>();
  private final int bytes;

  /**
   * Lays tensors out in the given order.
   *
   * @param tensors with different names, none of them {@code __metadata__}
   * @param metadata texts by name, written in name order so that the same batch has the same bytes;
   *     may be empty
   * @throws InvalidMessageException if a name is given twice or is {@code __metadata__}, if the
   *     header is longer than 1 MiB, which readers refuse, or if the file is larger than 2 GiB
   */
  public SafetensorsLayout(List<TensorSpec> tensors, Map<String, String> metadata) {
    var json = new LinkedHashMap<String, Object>();
    if (!metadata.isEmpty()) {
      json.put("__metadata__", new TreeMap<>(metadata));
    }
    long end = 0;
    for (TensorSpec tensor : tensors) {
      long start = end;
      end += tensor.bytes();
      if (end > Integer.MAX_VALUE) {
        throw new InvalidMessageException(tensor.name(), "makes the file larger than 2 GiB");
      }
      if (tensor.name().equals("__metadata__") || offsets.put(tensor.name(), (int) start) != null) {
        throw new InvalidMessageException(tensor.name(), "is taken; give the tensor another name");
      }
      var entry = new LinkedHashMap<String, Object>();
      entry.put("dtype", tensor.dtype().name());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(start, end));
      json.put(tensor.name(), entry);
    }
    header = padded(json);
    if (header.length > Safetensors.MAX_HEADER) {
      throw new InvalidMessageException(
          "header", "has " + header.length + " bytes; give at most " + Safetensors.MAX_HEADER);
    }
    if (Long.BYTES + header.length + end > Integer.MAX_VALUE) {
      throw new InvalidMessageException("", "the file is larger than 2 GiB");
    }
    bytes = (int) (Long.BYTES + header.length + end);
    offsets.replaceAll((name, offset) -> Long.BYTES + header.length + offset);
  }

  /** The size of the whole file. */
  public int bytes() {
    return bytes;
  }

  /** The position of a tensor's first byte in the file. */
  public int offset(String tensor) {
    return Check.required(tensor, offsets.get(tensor));
  }

  /** Writes the header at the start of {@code file}. */
  public void writeHeader(byte[] file) {
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
  }

  private static byte[] padded(Map<String, Object> json) {
    try {
      byte[] text = Json.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
      byte[] padded = Arrays.copyOf(text, (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
      Arrays.fill(padded, text.length, padded.length, (byte) ' ');
      return padded;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
