package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.deser.std.JsonNodeDeserializer;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.OptionalLong;

/**
 * Reads integers as JSON Schema defines them: also with a zero fraction or an exponent, {@code 2.0}
 * or {@code 2e0}. {@code 2.5} and the string {@code "2"} are not integers.
 */
public final class WholeNumbers {
  /** The most digits of a long. */
  private static final int MAX_DIGITS = 19;

  private WholeNumbers() {}

  /** The number as an integer; empty if it has a fraction, or does not fit 64 bits. */
  public static OptionalLong of(JsonNode number) {
    if (number.isIntegralNumber()) {
      return number.canConvertToLong() ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }
    if (!number.isNumber() || !Double.isFinite(number.doubleValue())) {
      return OptionalLong.empty();
    }
    BigDecimal decimal = number.decimalValue();
    return isWhole(decimal) && fits(decimal, Long.SIZE)
        ? OptionalLong.of(decimal.longValueExact())
        : OptionalLong.empty();
  }

  /** Whether a number is an integer that fits 32 bits. */
  public static boolean isInt(JsonNode number) {
    OptionalLong whole = of(number);
    return whole.isPresent() && whole.getAsLong() == (int) whole.getAsLong();
  }

  /** Whether it has no fraction. This does not expand a number of a billion digits. */
  private static boolean isWhole(BigDecimal decimal) {
    return decimal.signum() == 0 || decimal.stripTrailingZeros().scale() <= 0;
  }

  private static boolean fits(BigDecimal whole, int bits) {
    return whole.signum() == 0
        || (long) whole.precision() - whole.scale() <= MAX_DIGITS
            && whole.toBigInteger().bitLength() < bits;
  }

  /** The Jackson module that makes a mapper read integers this way. */
  static Module module() {
    return new SimpleModule("whole numbers")
        .addDeserializer(Integer.class, new OfType<>(Integer.class, Integer.SIZE))
        .addDeserializer(Integer.TYPE, new OfType<>(Integer.TYPE, Integer.SIZE))
        .addDeserializer(Long.class, new OfType<>(Long.class, Long.SIZE))
        .addDeserializer(Long.TYPE, new OfType<>(Long.TYPE, Long.SIZE))
        .addDeserializer(JsonNode.class, new Trees());
  }

  /** Reads one type of integer; a number without a fraction takes Jackson's usual path. */
  private static final class OfType<N extends Number> extends JsonDeserializer<N> {
    private final Class<N> type;
    private final int bits;
    private final JsonDeserializer<?> plain;

    OfType(Class<N> type, int bits) {
      this.type = type;
      this.bits = bits;
      plain = NumberDeserializers.find(type, type.getName());
    }

    @Override
    public N deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (!parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
        return number(plain.deserialize(parser, context));
      }
      BigDecimal decimal = decimal(parser);
      if (decimal == null ? Double.isInfinite(parser.getDoubleValue()) : isWhole(decimal)) {
        if (decimal == null || !fits(decimal, bits)) {
          throw new InvalidMessageException("", "is out of the range of " + bits + "-bit integers");
        }
        long whole = decimal.longValueExact();
        return bits == Long.SIZE ? number(whole) : number((int) whole);
      }
      return number(plain.deserialize(parser, context));
    }

    /** Null if the exponent is too large for a double. */
    private static BigDecimal decimal(JsonParser parser) throws IOException {
      if (!Double.isFinite(parser.getDoubleValue())) {
        return null;
      }
      try {
        return parser.getDecimalValue();
      } catch (JsonProcessingException e) {
        return null;
      }
    }

    @SuppressWarnings("unchecked") // The class of a primitive type is not that of its box.
    private N number(Object box) {
      return (N) box;
    }

    @Override
    public N getNullValue(DeserializationContext context) throws JsonMappingException {
      return number(plain.getNullValue(context));
    }

    @Override
    public Class<?> handledType() {
      return type;
    }

    @Override
    public LogicalType logicalType() {
      return LogicalType.Integer;
    }
  }

  /** Reads trees in which integers keep digits that a double would lose. */
  private static final class Trees extends JsonNodeDeserializer {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonNode deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return super.deserialize(new Exact(parser), context);
    }
  }

  private static final class Exact extends JsonParserDelegate {
    /** Above this, not every integer is exactly a double. */
    private static final double SPARSE = 0x1p53;

    private static final double MAX_LONG = 0x1p63;

    Exact(JsonParser parser) {
      super(parser);
    }

    @Override
    public NumberTypeFP getNumberTypeFP() throws IOException {
      double value = delegate.getDoubleValue();
      double size = Math.abs(value);
      boolean risky = size == 0 || size >= SPARSE && size <= MAX_LONG;
      return risky && BigDecimal.valueOf(value).compareTo(delegate.getDecimalValue()) != 0
          ? NumberTypeFP.BIG_DECIMAL
          : delegate.getNumberTypeFP();
    }
  }
}
