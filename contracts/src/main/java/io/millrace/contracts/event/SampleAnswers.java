package io.millrace.contracts.event;

import io.millrace.contracts.InvalidMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalDouble;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A model's prediction for each test sample: the true class, the predicted class and the
 * confidence, in the order of the test part. Fields and messages call a prediction an answer.
 *
 * <p>The packed form is little-endian: the version (u8, 1), 1 with confidences or 0 without (u8),
 * the number of classes (u16) and of samples (u32), then a zlib stream (RFC 1950) of all true
 * classes, all predicted classes and all confidences. A class is an index: a u8 for up to 256
 * classes, else a u16. A confidence is a u8: 255 times the output for the predicted class, rounded.
 * Columns compress better than rows, because the images of a test part are sorted by class.
 */
public final class SampleAnswers {
  /** The most samples whose predictions are kept. They take at most 667 KB of an event. */
  public static final int MAX_SAMPLES = 100_000;

  /** The most classes, as for image data sets. */
  public static final int MAX_CLASSES = 1_000;

  private static final int VERSION = 1;
  private static final int HEADER = 8;
  private static final int NARROW = 256;
  private static final int FULL = 255;

  private final int classes;
  private final int samples;
  private final boolean confident;

  /** The columns, one after the other. */
  private final byte[] columns;

  private SampleAnswers(int classes, int samples, boolean confident, byte[] columns) {
    this.classes = classes;
    this.samples = samples;
    this.confident = confident;
    this.columns = columns;
  }

  /**
   * Reads packed predictions from base64.
   *
   * @param field the field that errors name
   * @throws InvalidMessageException if they are not valid
   */
  public static SampleAnswers parse(String field, String base64) {
    byte[] packed;
    try {
      packed = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw wrong(field, "is not base64");
    }
    return read(field, packed);
  }

  /**
   * Reads packed predictions.
   *
   * @param field the field that errors name
   * @throws InvalidMessageException if they are not valid
   */
  public static SampleAnswers read(String field, byte[] packed) {
    if (packed.length < HEADER || packed[0] != VERSION || packed[1] < 0 || packed[1] > 1) {
      throw wrong(field, "is not in version " + VERSION + " of the format");
    }
    ByteBuffer header = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    int classes = Short.toUnsignedInt(header.getShort(2));
    int samples = header.getInt(4);
    if (classes < 2 || classes > MAX_CLASSES || samples < 1 || samples > MAX_SAMPLES) {
      throw wrong(
          field,
          "has %d classes and %d samples; give 2..%d classes and 1..%d samples"
              .formatted(classes, samples, MAX_CLASSES, MAX_SAMPLES));
    }
    boolean confident = packed[1] == 1;
    byte[] columns = new byte[samples * (2 * width(classes) + (confident ? 1 : 0))];
    inflate(field, packed, columns);
    var answers = new SampleAnswers(classes, samples, confident, columns);
    for (int i = 0; i < 2 * samples; i++) {
      if (answers.index(i) >= classes) {
        throw wrong(field, "has class index " + answers.index(i) + "; give 0.." + (classes - 1));
      }
    }
    return answers;
  }

  private static void inflate(String field, byte[] packed, byte[] columns) {
    var inflater = new Inflater();
    try {
      inflater.setInput(packed, HEADER, packed.length - HEADER);
      int length = inflater.inflate(columns);
      // The inflater reads the stream's checksum only after its last byte.
      boolean more = inflater.inflate(new byte[1]) > 0;
      if (length < columns.length || more || !inflater.finished()) {
        throw wrong(field, "does not unpack to " + columns.length + " bytes");
      }
    } catch (DataFormatException e) {
      throw wrong(field, "is not a zlib stream");
    } finally {
      inflater.end();
    }
  }

  private static InvalidMessageException wrong(String field, String what) {
    return new InvalidMessageException(
        field, what + "; see 'Predictions for the test samples' in contracts/README.md");
  }

  /** The packed form. */
  public byte[] packed() {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put((byte) VERSION).put((byte) (confident ? 1 : 0));
    header.putShort((short) classes).putInt(samples);
    var packed = new ByteArrayOutputStream(HEADER + columns.length / 2);
    packed.writeBytes(header.array());
    var deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(columns);
      deflater.finish();
      byte[] piece = new byte[8192];
      while (!deflater.finished()) {
        packed.write(piece, 0, deflater.deflate(piece));
      }
    } finally {
      deflater.end();
    }
    return packed.toByteArray();
  }

  /** The packed form as base64. */
  public String base64() {
    return Base64.getEncoder().encodeToString(packed());
  }

  /** How many classes there are. */
  public int classes() {
    return classes;
  }

  /** How many samples the test part has. */
  public int samples() {
    return samples;
  }

  /** The index of a sample's true class. */
  public int classOf(int sample) {
    return index(sample);
  }

  /** The index of a sample's predicted class. */
  public int answerOf(int sample) {
    return index(samples + sample);
  }

  /** Whether the prediction for a sample is right. */
  public boolean isRight(int sample) {
    return classOf(sample) == answerOf(sample);
  }

  /**
   * The model's output for the predicted class, 0..1 in steps of 1/255; empty if the outputs are
   * not probabilities.
   */
  public OptionalDouble confidenceOf(int sample) {
    return confident
        ? OptionalDouble.of(
            Byte.toUnsignedInt(columns[2 * samples * width(classes) + sample]) / (double) FULL)
        : OptionalDouble.empty();
  }

  /** Whether both cover samples of the same true classes in the same order. */
  public boolean areOfSameClasses(SampleAnswers other) {
    int end = samples * width(classes);
    return classes == other.classes
        && samples == other.samples
        && Arrays.equals(columns, 0, end, other.columns, 0, end);
  }

  /** The class index at a position in the columns of true and predicted classes. */
  private int index(int place) {
    return width(classes) == 1
        ? Byte.toUnsignedInt(columns[place])
        : Byte.toUnsignedInt(columns[2 * place]) | Byte.toUnsignedInt(columns[2 * place + 1]) << 8;
  }

  private static int width(int classes) {
    return classes <= NARROW ? 1 : 2;
  }

  /** Records predictions, sample by sample. */
  public static final class Recorder {
    private final int classes;
    private final int samples;
    private final byte[] columns;
    private int recorded;
    private boolean confident = true;

    /**
     * A recorder for a test part.
     *
     * @param samples 1..{@value SampleAnswers#MAX_SAMPLES}
     * @param classes 2..{@value SampleAnswers#MAX_CLASSES}
     */
    public Recorder(int samples, int classes) {
      this.classes = classes;
      this.samples = samples;
      this.columns = new byte[samples * (2 * width(classes) + 1)];
    }

    /**
     * Adds the next sample.
     *
     * @param confidence the output for the predicted class; if one is not a number within 0..1, the
     *     outputs are not probabilities and no confidence is kept
     */
    public void add(int classOf, int answer, float confidence) {
      put(recorded, classOf);
      put(samples + recorded, answer);
      int level = Math.round(confidence * FULL);
      if (confidence >= 0 && level <= FULL) {
        columns[2 * samples * width(classes) + recorded] = (byte) level;
      } else {
        confident = false;
      }
      recorded++;
    }

    private void put(int place, int index) {
      if (width(classes) == 1) {
        columns[place] = (byte) index;
      } else {
        columns[2 * place] = (byte) index;
        columns[2 * place + 1] = (byte) (index >> 8);
      }
    }

    /**
     * The recorded predictions.
     *
     * @throws IllegalStateException if samples are missing
     */
    public SampleAnswers answers() {
      if (recorded != samples) {
        throw new IllegalStateException(recorded + " of " + samples + " samples have a prediction");
      }
      int end = 2 * samples * width(classes);
      return new SampleAnswers(
          classes, samples, confident, confident ? columns : Arrays.copyOf(columns, end));
    }
  }
}
