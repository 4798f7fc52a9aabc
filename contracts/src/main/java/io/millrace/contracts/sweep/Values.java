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
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/** What a swept field may be. */
sealed interface Values {
  /** A value, drawn. */
  JsonNode draw(Random random);

  /** The value in the name of a variant. */
  String label(JsonNode value);

  /**
   * @throws InvalidMessageException whose field is relative to that of the sweep
   */
  static Values read(JsonNode sweep) {
    if (sweep.isArray()) {
      var options = new ArrayList<JsonNode>();
      sweep.forEach(options::add);
      return new Choices(options);
    }
    if (sweep.isObject()) {
      return Messages.readStrictly(sweep, Range.class);
    }
    throw new InvalidMessageException(
        "", "is no sweep; give a list of values, or {\"min\": …, \"max\": …} to draw from");
  }

  /** Each of some values. */
  record Choices(List<JsonNode> options) implements Values {
    public Choices {
      options = List.copyOf(Check.size("", options, 1, Sweep.MAX_RUNS));
      var seen = new HashSet<JsonNode>();
      for (int i = 0; i < options.size(); i++) {
        if (!seen.add(options.get(i))) {
          throw new InvalidMessageException(
              "[" + i + "]", Check.cut(options.get(i).toString()) + " stands there twice");
        }
      }
    }

    @Override
    public JsonNode draw(Random random) {
      return options.get(random.nextInt(options.size()));
    }

    /** With its place, where another one would be called the same. */
    @Override
    public String label(JsonNode value) {
      String label = Labels.of(value);
      long alike = options.stream().filter(option -> Labels.of(option).equals(label)).count();
      return alike == 1 ? label : label + "." + options.indexOf(value);
    }
  }

  /**
   * Numbers between two, evenly or their logarithms evenly; whole ones where both ends are written
   * without a fraction, else with four digits that count.
   */
  record Range(JsonNode min, JsonNode max, Scale scale) implements Values {
    private static final MathContext DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    /** Of what the draws are even. */
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
            "max", Check.plain(high) + " is not above min, " + Check.plain(low));
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
    public JsonNode draw(Random random) {
      double low = min.doubleValue();
      double high = max.doubleValue();
      double share = random.nextDouble();
      // StrictMath: the same draws on every machine.
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

    @Override
    public String label(JsonNode value) {
      return Labels.of(value);
    }
  }
}
