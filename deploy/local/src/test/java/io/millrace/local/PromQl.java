package io.millrace.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time series that an expression in Prometheus' query language selects. Parses only the part of
 * the language that the dashboard and the alerts use.
 *
 * @param selectors the selectors of time series
 * @param groupings the labels named after {@code by}
 */
record PromQl(List<Selector> selectors, List<String> groupings) {
  private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless");

  /** A token; spaces, numbers and ranges in brackets are outside its group {@code token}. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|\\[[^\\]]*\\]|\\d[\\w.]*"
              + "|(?<token>[a-zA-Z_:][\\w:]*|\"[^\"]*\"|=~|!~|!=|==|>=|<=|[-+*/()<>{},=])");

  /**
   * A selector of time series.
   *
   * @param labels conditions, by label
   */
  record Selector(String metric, Map<String, Condition> labels) {
    boolean selects(String name, Map<String, String> sample) {
      return metric.equals(name)
          && labels.entrySet().stream()
              .allMatch(label -> label.getValue().holds(sample.getOrDefault(label.getKey(), "")));
    }
  }

  /** A condition on a label. */
  record Condition(String operator, String value) {
    boolean holds(String label) {
      return switch (operator) {
        case "=" -> label.equals(value);
        case "!=" -> !label.equals(value);
        case "=~" -> label.matches(value);
        case "!~" -> !label.matches(value);
        default -> throw new IllegalArgumentException(operator);
      };
    }
  }

  /** Reads an expression. */
  static PromQl parse(String expression) {
    Deque<String> tokens = tokens(expression);
    var selectors = new ArrayList<Selector>();
    var groupings = new ArrayList<String>();
    while (!tokens.isEmpty()) {
      String token = tokens.pop();
      if (token.equals("by")) {
        expect(tokens, "(");
        for (String label = tokens.pop(); !label.equals(")"); label = tokens.pop()) {
          if (!label.equals(",")) {
            groupings.add(label);
          }
        }
      } else if (isMetric(token, tokens.peek())) {
        selectors.add(new Selector(token, labels(tokens)));
      }
    }
    return new PromQl(selectors, groupings);
  }

  private static boolean isMetric(String token, String next) {
    return Character.isLetter(token.charAt(0))
        && !"(".equals(next)
        && !AGGREGATIONS.contains(token)
        && !OPERATORS.contains(token);
  }

  private static Map<String, Condition> labels(Deque<String> tokens) {
    var labels = new LinkedHashMap<String, Condition>();
    if (!"{".equals(tokens.peek())) {
      return labels;
    }
    tokens.pop();
    for (String label = tokens.pop(); !label.equals("}"); label = tokens.pop()) {
      if (!label.equals(",")) {
        labels.put(label, new Condition(tokens.pop(), unquoted(tokens.pop())));
      }
    }
    return labels;
  }

  private static String unquoted(String text) {
    return text.substring(1, text.length() - 1);
  }

  private static void expect(Deque<String> tokens, String token) {
    if (!token.equals(tokens.pop())) {
      throw new IllegalArgumentException(token + " is missing");
    }
  }

  private static Deque<String> tokens(String expression) {
    var tokens = new ArrayDeque<String>();
    Matcher matcher = TOKEN.matcher(expression);
    int end = 0;
    while (end < expression.length() && matcher.find(end) && matcher.start() == end) {
      end = matcher.end();
      if (matcher.group("token") != null) {
        tokens.add(matcher.group("token"));
      }
    }
    if (end < expression.length()) {
      throw new IllegalArgumentException("not understood: " + expression.substring(end));
    }
    return tokens;
  }
}
