package io.millrace.results.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of an event file: {@code Event} messages of TensorFlow's {@code event.proto} and {@code
 * summary.proto}, in TFRecord frames. Scalars are written as {@code simple_value}, which every
 * TensorBoard reads.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/io/record_writer.h">record_writer.h</a>
 */
final class EventRecords {
  private static final String VERSION = "brain.Event:2";

  /** Keys of protobuf fields: the field number and the wire type. */
  private static final int WALL_TIME = key(1, 1);

  private static final int STEP = key(2, 0);
  private static final int FILE_VERSION = key(3, 2);
  private static final int SUMMARY = key(5, 2);
  private static final int VALUE = key(1, 2);
  private static final int TAG = key(1, 2);
  private static final int SIMPLE_VALUE = key(2, 5);

  private static final int MASK_DELTA = 0xa282ead8;

  /**
   * The bytes of a frame: the length and its checksum before the message, and the message's
   * checksum after it.
   */
  private static final int FRAME = 8 + 4 + 4;

  private static final int LONGEST_VARINT = 10;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer records = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);

  /** Appends the first record of a file. */
  void version(double wallTime) {
    byte[] version = VERSION.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer event = message(2 * LONGEST_VARINT + version.length);
    event.put((byte) WALL_TIME).putDouble(wallTime);
    bytes(event, FILE_VERSION, version, version.length);
    append(event);
  }

  /**
   * Appends a record with scalars.
   *
   * @param wallTime seconds since 1970
   * @param values by tag; NaN: not finite
   */
  void scalars(double wallTime, long step, Map<String, Double> values) {
    ByteBuffer summary = message(values.keySet().stream().mapToInt(EventRecords::room).sum());
    values.forEach((tag, value) -> value(summary, tag, value));
    ByteBuffer event = message(5 * LONGEST_VARINT + summary.position());
    event.put((byte) WALL_TIME).putDouble(wallTime);
    event.put((byte) STEP);
    varint(event, step);
    bytes(event, SUMMARY, summary.array(), summary.position());
    append(event);
  }

  /** The number of bytes that were appended and not taken. */
  int size() {
    return records.position();
  }

  /** Takes the appended bytes. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(records.array(), records.position());
    records.clear();
    return taken;
  }

  private static void value(ByteBuffer summary, String tag, double number) {
    byte[] name = tag.getBytes(StandardCharsets.UTF_8);
    ByteBuffer value = message(room(tag));
    bytes(value, TAG, name, name.length);
    value.put((byte) SIMPLE_VALUE).putFloat((float) number);
    bytes(summary, VALUE, value.array(), value.position());
  }

  /** The most bytes that a value with the tag takes in a summary. */
  private static int room(String tag) {
    return 3 * tag.length() + 3 * LONGEST_VARINT;
  }

  private void append(ByteBuffer event) {
    int length = event.position();
    if (records.remaining() < FRAME + length) {
      int capacity = Math.max(2 * records.capacity(), records.position() + FRAME + length);
      records = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(records.flip());
    }
    int start = records.position();
    records.putLong(length);
    records.putInt(maskedCrc(records.array(), start, Long.BYTES));
    records.put(event.array(), 0, length);
    records.putInt(maskedCrc(event.array(), 0, length));
  }

  /**
   * A checksum as TFRecord stores it: masked, so that a checksum of data with checksums is not
   * trivial.
   */
  private int maskedCrc(byte[] bytes, int start, int length) {
    crc.reset();
    crc.update(bytes, start, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private static ByteBuffer message(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int key(int field, int wireType) {
    return field << 3 | wireType;
  }

  private static void bytes(ByteBuffer message, int key, byte[] value, int length) {
    message.put((byte) key);
    varint(message, length);
    message.put(value, 0, length);
  }

  private static void varint(ByteBuffer message, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      message.put((byte) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    message.put((byte) left);
  }
}
