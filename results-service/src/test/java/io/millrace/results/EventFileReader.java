package io.millrace.results;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads TensorBoard event files according to the definitions of the format: TFRecord with a CRC32C
 * (RFC 3720), and the protobuf encoding. It shares no code with the writer.
 */
final class EventFileReader {
  private static final int CASTAGNOLI_REVERSED = 0x82f63b78;

  private EventFileReader() {}

  /**
   * A message of the type Event.
   *
   * @param version null except in the first event
   * @param scalars values by tag
   */
  record Event(double wallTime, long step, String version, Map<String, Float> scalars) {}

  /** All events of a file. Fails if a checksum is wrong or the last record is incomplete. */
  static List<Event> read(byte[] file) {
    var events = new ArrayList<Event>();
    ByteBuffer records = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (records.hasRemaining()) {
      byte[] length = new byte[8];
      records.get(length);
      check(records.getInt(), length);
      byte[] message =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      records.get(message);
      check(records.getInt(), message);
      events.add(event(message));
    }
    return events;
  }

  /** A tag's values by step, in the file's order. */
  static Map<Long, Float> scalars(List<Event> events, String tag) {
    var values = new LinkedHashMap<Long, Float>();
    for (Event event : events) {
      if (event.scalars().containsKey(tag)
          && values.put(event.step(), event.scalars().get(tag)) != null) {
        throw new IllegalStateException(tag + " has the step " + event.step() + " twice");
      }
    }
    return values;
  }

  private static void check(int masked, byte[] bytes) {
    int rotated = masked - 0xa282ead8;
    int stored = rotated >>> 17 | rotated << 15;
    if (stored != crc(bytes)) {
      throw new IllegalStateException("a checksum does not hold");
    }
  }

  /** The Castagnoli checksum, calculated bit by bit. */
  static int crc(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ CASTAGNOLI_REVERSED;
      }
    }
    return ~crc;
  }

  private static Event event(byte[] message) {
    double wallTime = Double.NaN;
    long step = 0;
    String version = null;
    var scalars = new LinkedHashMap<String, Float>();
    for (Field field : fields(message)) {
      switch (field.number) {
        case 1 -> wallTime = Double.longBitsToDouble(field.number(1));
        case 2 -> step = field.number(0);
        case 3 -> version = new String(field.bytes(), StandardCharsets.UTF_8);
        case 5 -> fields(field.bytes()).forEach(value -> scalar(value.bytes(), scalars));
        default -> throw new IllegalStateException("an event has no field " + field.number);
      }
    }
    return new Event(wallTime, step, version, scalars);
  }

  private static void scalar(byte[] message, Map<String, Float> scalars) {
    List<Field> fields = fields(message);
    String tag = new String(fields.get(0).bytes(), StandardCharsets.UTF_8);
    scalars.put(tag, Float.intBitsToFloat((int) fields.get(1).number(5)));
  }

  /** An encoded field. */
  private record Field(int number, int type, long value, byte[] content) {
    long number(int expected) {
      if (type != expected) {
        throw new IllegalStateException("field " + number + " has the wire type " + type);
      }
      return value;
    }

    byte[] bytes() {
      number(2);
      return content;
    }
  }

  private static List<Field> fields(byte[] message) {
    var fields = new ArrayList<Field>();
    ByteBuffer left = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (left.hasRemaining()) {
      int key = (int) varint(left);
      int type = key & 7;
      byte[] content = null;
      long value = 0;
      switch (type) {
        case 0 -> value = varint(left);
        case 1 -> value = left.getLong();
        case 2 -> {
          content = new byte[(int) varint(left)];
          left.get(content);
        }
        case 5 -> value = left.getInt();
        default -> throw new IllegalStateException("wire type " + type);
      }
      fields.add(new Field(key >>> 3, type, value, content));
    }
    return fields;
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
