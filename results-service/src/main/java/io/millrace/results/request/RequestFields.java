package io.millrace.results.request;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The fields of several runs' requests, each with its value in every run. Lists of objects, such as
 * layers, are taken apart where all runs have the same types in them in the same order; else such a
 * list is one field, whose values are its types.
 */
public final class RequestFields {
  /** The learning rate, of which a schedule has where it begins. */
  static final String LEARNING_RATE = "optimizer.learning_rate";

  /** Of a schedule. */
  static final String INITIAL = "initial_learning_rate";

  /** The most fields. */
  private static final int MAX_FIELDS = 1_000;

  private final List<Field> fields = new ArrayList<>();
  private boolean truncated;

  private RequestFields() {}

  /**
   * A field.
   *
   * @param path such as {@code optimizer.learning_rate}
   * @param values of the runs in their order: text, a number, a boolean or a list; null where a run
   *     has none
   * @param distinct how many different ones; none is one of them where {@code varies} counts it
   * @param varies whether they differ
   */
  public record Field(String path, List<Object> values, int distinct, boolean varies) {

    public boolean isNumber() {
      return values.stream().allMatch(value -> value == null || value instanceof Number);
    }

    public boolean isText() {
      return values.stream()
          .allMatch(value -> value == null || value instanceof String || value instanceof Boolean);
    }
  }

  /** What was found, and whether there is more. */
  public record Found(List<Field> fields, boolean truncated) {}

  /** The fields of some runs, without those that tell runs apart, in the requests' order. */
  public static Found of(List<RequestChanges.Asked> runs) {
    var gathered = new RequestFields();
    boolean isResolved = runs.stream().allMatch(RequestChanges.Asked::resolved);
    boolean hasTrials = runs.stream().anyMatch(RequestChanges.Asked::trial);
    List<?> requests = runs.stream().map(RequestChanges.Asked::request).toList();
    for (String key : keys(requests)) {
      boolean counts =
          !RequestChanges.BOOKKEEPING.contains(key) && !(hasTrials && key.equals("epochs"));
      if (counts) {
        // What a trainer finds out about the data is not known of runs that wait.
        gathered.gather(key, child(requests, key), isResolved || !key.equals("dataset"));
      }
    }
    return new Found(List.copyOf(gathered.fields), gathered.truncated);
  }

  /**
   * Gathers a value and what is within it.
   *
   * @param absenceCounts whether runs without the field differ from those with it
   */
  private void gather(String path, List<?> values, boolean absenceCounts) {
    List<?> objects = values.stream().filter(value -> value instanceof Map).toList();
    List<?> lists = values.stream().filter(RequestFields::isOfObjects).toList();
    boolean isApart =
        objects.isEmpty() && lists.stream().map(RequestFields::types).distinct().count() == 1;
    boolean hasOthers =
        values.stream()
            .anyMatch(value -> value != null && !(value instanceof Map) && !isOfObjects(value));
    boolean isMixed = hasOthers || !lists.isEmpty() && !isApart;
    if (isMixed || path.equals(LEARNING_RATE)) {
      add(path, values.stream().map(value -> plain(path, value)).toList(), absenceCounts);
    }
    if (!objects.isEmpty()) {
      boolean isOfOneType =
          objects.stream().map(ValueText::type).distinct().count() == 1 && !isMixed;
      for (String key : keys(objects)) {
        if (path.equals(LEARNING_RATE) && key.equals(INITIAL)) {
          continue;
        }
        gather(path + "." + key, child(values, key), absenceCounts && isOfOneType);
      }
    }
    if (isApart && !isMixed) {
      int size = ((List<?>) lists.get(0)).size();
      for (int i = 0; i < size; i++) {
        int index = i;
        List<Object> elements = new ArrayList<>();
        values.forEach(value -> elements.add(element(value, index)));
        gather(path + "[" + i + "]", elements, absenceCounts);
      }
    }
  }

  private static Object element(Object list, int index) {
    return list instanceof List<?> elements && index < elements.size() ? elements.get(index) : null;
  }

  private void add(String path, List<Object> values, boolean absenceCounts) {
    if (fields.size() == MAX_FIELDS) {
      truncated = true;
      return;
    }
    List<Object> found = values.stream().filter(Objects::nonNull).map(RequestFields::key).toList();
    if (found.isEmpty()) {
      return;
    }
    boolean isAbsent = absenceCounts && found.size() < values.size();
    int distinct = (int) found.stream().distinct().count() + (isAbsent ? 1 : 0);
    fields.add(new Field(path, values, distinct, distinct > 1));
  }

  /** A value without objects in it. */
  private static Object plain(String path, Object value) {
    if (value instanceof Map<?, ?> object) {
      return path.equals(LEARNING_RATE) ? object.get(INITIAL) : ValueText.type(object);
    }
    return isOfObjects(value) ? types(value) : value;
  }

  private static List<String> types(Object list) {
    return ((List<?>) list).stream().map(RequestFields::typeOrText).toList();
  }

  private static String typeOrText(Object element) {
    String type = ValueText.type(element);
    return type == null ? element instanceof String name ? name : "" : type;
  }

  private static boolean isOfObjects(Object value) {
    return value instanceof List<?> list && list.stream().anyMatch(one -> one instanceof Map);
  }

  /** What tells a value from others: 1 and 1.0 are the same. */
  public static Object key(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return value instanceof List<?> list ? list.stream().map(RequestFields::key).toList() : value;
  }

  private static Set<String> keys(List<?> objects) {
    var keys = new LinkedHashSet<String>();
    objects.forEach(object -> ((Map<?, ?>) object).keySet().forEach(key -> keys.add((String) key)));
    return keys;
  }

  private static List<Object> child(List<?> values, String key) {
    List<Object> children = new ArrayList<>();
    values.forEach(value -> children.add(value instanceof Map<?, ?> map ? map.get(key) : null));
    return children;
  }
}
