package io.millrace.contracts.sweep;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.EnumNames;
import io.millrace.contracts.json.Messages;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/** The values of a swept field. */
sealed interface Values {
  /** Draws a value. */
  Option draw(Random random);

  /**
   * One of the values.
   *
   * @param key identifies the value; small even if the value is large
   * @param value the value in the request
   * @param label its part of the variant's name
   */
  record Option(Object key, JsonNode value, String label) {}

  /**
   * @throws InvalidMessageException whose field is relative to that of the sweep
   */
  static Values read(JsonNode sweep) {
    if (sweep.isArray()) {
      return Choices.of(sweep);
    }
    if (sweep.isObject()) {
      return Messages.readStrictly(sweep, Range.class);
    }
    throw new InvalidMessageException(
        "", "is not a sweep; give a list of values, or {\"min\": …, \"max\": …} to draw from");
  }

  /** A list of values. */
  record Choices(List<Option> options) implements Values {

    /** Reads a list. A label that two values share gets the value's index. */
    static Choices of(JsonNode list) {
      var values = new ArrayList<JsonNode>();
      list.forEach(values::add);
      Check.size("", values, 1, Sweep.MAX_RUNS);
      var seen = new HashSet<JsonNode>();
      var labels = new ArrayList<String>();
      var alike = new HashMap<String, Integer>();
      for (int i = 0; i < values.size(); i++) {
        if (!seen.add(values.get(i))) {
          throw new InvalidMessageException(
              "[" + i + "]", Check.cut(values.get(i).toString()) + " is given twice");
        }
        labels.add(VariantNameParts.of(values.get(i)));
        alike.merge(labels.get(i), 1, Integer::sum);
      }
      var options = new ArrayList<Option>();
      for (int i = 0; i < values.size(); i++) {
        String label = labels.get(i);
        options.add(new Option(i, values.get(i), alike.get(label) == 1 ? label : label + "." + i));
      }
      return new Choices(List.copyOf(options));
    }

    @Override
    public Option draw(Random random) {
      return options.get(random.nextInt(options.size()));
    }
  }

  /**
   * Numbers within a range, drawn uniformly or log-uniformly. They are integers if both ends are
   * written without a fraction, else they have four significant digits.
   */
  record Range(JsonNode min, JsonNode max, Scale scale) implements Values {
    private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    /** The scale on which draws are uniform. */
    enum Scale {
      LINEAR,
      LOG;

      @JsonCreator
      static Scale parse(String text) {
        return EnumNames.parse(Scale.class, text);
      }
    }

    public Range {
      double low = number("min", min);
      double high = number("max", max);
      scale = Check.orElse(scale, Scale.LINEAR);
      if (low >= high) {
        throw new InvalidMessageException(
            "max", Check.plain(high) + " is not above min; give more than " + Check.plain(low));
      }
      if (scale == Scale.LOG && low <= 0) {
        throw new InvalidMessageException(
            "min", Check.plain(low) + " has no logarithm; give a number above 0");
      }
    }

    private static double number(String field, JsonNode node) {
      Check.required(field, node);
      if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
        throw new InvalidMessageException(field, Check.cut(node.toString()) + " is not a number");
      }
      return node.doubleValue();
    }

    @Override
    public Option draw(Random random) {
      JsonNode drawn = number(random);
      return new Option(drawn, drawn, VariantNameParts.of(drawn));
    }

    private JsonNode number(Random random) {
      double low = min.doubleValue();
      double high = max.doubleValue();
      double share = random.nextDouble();
      // StrictMath gives the same draws on every machine.
      double value =
          scale == Scale.LOG
              ? StrictMath.exp(
                  StrictMath.log(low) + share * (StrictMath.log(high) - StrictMath.log(low)))
              : low + share * (high - low);
      if (min.isIntegralNumber() && max.isIntegralNumber()) {
        long whole = Math.round(value);
        return JsonNodeFactory.instance.numberNode(
            Math.max(min.longValue(), Math.min(max.longValue(), whole)));
      }
      double rounded = BigDecimal.valueOf(value).round(DIGITS).doubleValue();
      return JsonNodeFactory.instance.numberNode(Math.max(low, Math.min(high, rounded)));
    }
  }
}
