package io.millrace.results.request;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * The differences between two training requests, field by field.
 *
 * <p>Two objects of different {@code type} are one change, and so are two lists of plain values. In
 * lists of objects, a longest common subsequence of equal elements is kept; between these, elements
 * of the same type are compared field by field. So an inserted layer is one change, not one per
 * following layer. A name and an object of the same type, {@code "adam"} and {@code {"type":
 * "Adam"}}, are equal.
 *
 * @param changes in the order of the fields, at most {@value #MAX_CHANGES}
 * @param truncated whether there are more
 */
public record RequestChanges(List<Change> changes, boolean truncated) {
  /** The maximum number of changes in a result. */
  static final int MAX_CHANGES = 50;

  /** Fields that identify a run or its queueing and do not affect the results of a variant. */
  static final Set<String> BOOKKEEPING =
      Set.of("version", "run", "experiment", "variant", "seed", "tags", "priority", "extend");

  /** For longer lists, the part between equal beginnings and ends is one change. */
  private static final long MAX_CELLS = 250_000;

  public RequestChanges {
    changes = List.copyOf(changes);
  }

  /**
   * A run's request.
   *
   * @param resolved whether a trainer has filled in what it found in the data; if only one of two
   *     requests has that, it is not a difference
   * @param trial whether the run is a trial of a search, whose epochs only show how far the search
   *     let it train
   */
  public record Request(Map<String, Object> request, boolean resolved, boolean trial) {}

  /** The changes from the first request to the second. */
  public static RequestChanges of(Request from, Request to) {
    return new Comparing(from, to).changes();
  }

  /** On one line, separated by semicolons. */
  public String text() {
    String all = String.join("; ", changes.stream().map(Change::text).toList());
    return truncated ? all + "; and more" : all;
  }

  /** Whether two type names are equal; as in Keras, case and underscores do not matter. */
  static boolean isSameType(String one, String other) {
    return key(one).equals(key(other));
  }

  private static String key(String type) {
    return type.replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static final class Comparing {
    private final List<Change> found = new ArrayList<>();
    private final Request from;
    private final Request to;

    Comparing(Request from, Request to) {
      this.from = from;
      this.to = to;
    }

    RequestChanges changes() {
      for (String field : fields(from.request(), to.request())) {
        boolean counts =
            !BOOKKEEPING.contains(field)
                && !(field.equals("epochs") && (from.trial() || to.trial()));
        if (counts) {
          compare(field, from.request().get(field), to.request().get(field));
        }
      }
      return found.size() > MAX_CHANGES
          ? new RequestChanges(found.subList(0, MAX_CHANGES), true)
          : new RequestChanges(found, false);
    }

    private void compare(String path, Object one, Object other) {
      if (found.size() > MAX_CHANGES || isEqual(one, other)) {
        return;
      }
      Object before = named(one, other);
      Object after = named(other, one);
      if (before instanceof Map<?, ?> a && after instanceof Map<?, ?> b && isSameKind(a, b)) {
        compareFields(path, a, b);
      } else if (before instanceof List<?> a
          && after instanceof List<?> b
          && !(isPlain(a) && isPlain(b))) {
        compareElements(path, a, b);
      } else {
        add(path, one, other);
      }
    }

    private void compareFields(String path, Map<?, ?> a, Map<?, ?> b) {
      boolean isOfData = path.equals("dataset") && from.resolved() != to.resolved();
      for (String field : fields(a, b)) {
        boolean isFoundOut = isOfData && (from.resolved() ? b : a).get(field) == null;
        if (!isFoundOut && !(ValueText.type(a) != null && isTypeField(field))) {
          compare(path + "." + field, a.get(field), b.get(field));
        }
      }
    }

    private void compareElements(String path, List<?> a, List<?> b) {
      int start = 0;
      while (start < a.size() && start < b.size() && isEqual(a.get(start), b.get(start))) {
        start++;
      }
      int endA = a.size();
      int endB = b.size();
      while (endA > start && endB > start && isEqual(a.get(endA - 1), b.get(endB - 1))) {
        endA--;
        endB--;
      }
      if ((long) (endA - start) * (endB - start) > MAX_CELLS) {
        add(path, a, b);
        return;
      }
      var gap = new Gap(path, a, b);
      gap.split(start, endA, start, endB, Comparing::isEqual, gap::splitByType);
    }

    /** A range in each of two lists in which they differ. */
    private final class Gap {
      private final String path;
      private final List<?> a;
      private final List<?> b;

      Gap(String path, List<?> a, List<?> b) {
        this.path = path;
        this.a = a;
        this.b = b;
      }

      /** Compares matching elements; the ranges between them go to the next step. */
      void split(
          int startA,
          int endA,
          int startB,
          int endB,
          BiPredicate<Object, Object> match,
          Rest rest) {
        int i = startA;
        int j = startB;
        for (int[] pair : common(a.subList(startA, endA), b.subList(startB, endB), match)) {
          int nextA = startA + pair[0];
          int nextB = startB + pair[1];
          rest.of(i, nextA, j, nextB);
          compare(element(nextB), a.get(nextA), b.get(nextB));
          i = nextA + 1;
          j = nextB + 1;
        }
        rest.of(i, endA, j, endB);
      }

      void splitByType(int startA, int endA, int startB, int endB) {
        split(startA, endA, startB, endB, Comparing::isSameKind, this::replaced);
      }

      /** Pairs the elements of both ranges as replacements, up to the length of the shorter one. */
      void replaced(int startA, int endA, int startB, int endB) {
        int i = startA;
        int j = startB;
        for (; i < endA && j < endB; i++, j++) {
          add(element(j), a.get(i), b.get(j));
        }
        for (; i < endA; i++) {
          add(element(i), a.get(i), null);
        }
        for (; j < endB; j++) {
          add(element(j), null, b.get(j));
        }
      }

      private String element(int index) {
        return path + "[" + index + "]";
      }
    }

    /** Handles the elements between matches. */
    private interface Rest {
      public void of(int startA, int endA, int startB, int endB);
    }

    private void add(String path, Object before, Object after) {
      found.add(new Change(path, ValueText.bounded(before), ValueText.bounded(after)));
    }

    /** The positions of a longest common subsequence, in order. */
    private static List<int[]> common(List<?> a, List<?> b, BiPredicate<Object, Object> match) {
      var length = new int[a.size() + 1][b.size() + 1];
      var matches = new boolean[a.size()][b.size()];
      for (int i = a.size() - 1; i >= 0; i--) {
        for (int j = b.size() - 1; j >= 0; j--) {
          matches[i][j] = match.test(a.get(i), b.get(j));
          length[i][j] =
              matches[i][j]
                  ? length[i + 1][j + 1] + 1
                  : Math.max(length[i + 1][j], length[i][j + 1]);
        }
      }
      var pairs = new ArrayList<int[]>();
      for (int i = 0, j = 0; i < a.size() && j < b.size(); ) {
        if (matches[i][j]) {
          pairs.add(new int[] {i++, j++});
        } else if (length[i + 1][j] >= length[i][j + 1]) {
          i++;
        } else {
          j++;
        }
      }
      return pairs;
    }

    /** Turns a name into an object of that type if the other value is an object. */
    private static Object named(Object value, Object other) {
      boolean isNameOfIt =
          value instanceof String name
              && ValueText.type(other) != null
              && isSameType(name, ValueText.type(other));
      return isNameOfIt ? Map.of("type", value) : value;
    }

    /** Whether two objects are compared field by field. */
    private static boolean isSameKind(Object one, Object other) {
      String type = one instanceof String name ? name : ValueText.type(one);
      String otherType = other instanceof String name ? name : ValueText.type(other);
      if (type != null && otherType != null) {
        return isSameType(type, otherType);
      }
      return type == null && otherType == null && one instanceof Map && other instanceof Map;
    }

    private static boolean isPlain(List<?> list) {
      return list.stream().noneMatch(element -> element instanceof Map || element instanceof List);
    }

    private static Set<String> fields(Map<?, ?> one, Map<?, ?> other) {
      var fields = new LinkedHashSet<String>();
      Stream.of(one, other).forEach(map -> map.keySet().forEach(key -> fields.add((String) key)));
      return fields;
    }

    /**
     * Whether two values are equal; null means missing, numbers compare by value, types by their
     * Keras names.
     */
    private static boolean isEqual(Object one, Object other) {
      if (one instanceof Number a && other instanceof Number b) {
        return isEqualNumber(a, b);
      }
      if (one instanceof List<?> a && other instanceof List<?> b) {
        return a.size() == b.size() && areEqual(a, b);
      }
      if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
        return isSameKind(a, b)
            && fields(a, b).stream()
                .filter(field -> ValueText.type(a) == null || !isTypeField(field))
                .allMatch(field -> isEqual(a.get(field), b.get(field)));
      }
      return Objects.equals(one, other);
    }

    private static boolean isTypeField(String field) {
      return field.equals("type") || field.equals("class_name");
    }

    private static boolean areEqual(List<?> a, List<?> b) {
      for (int i = 0; i < a.size(); i++) {
        if (!isEqual(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }

    private static boolean isEqualNumber(Number a, Number b) {
      return a.equals(b)
          || new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0;
    }
  }
}
