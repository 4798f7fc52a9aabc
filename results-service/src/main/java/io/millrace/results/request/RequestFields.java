package io.millrace.results.request;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The fields of several runs' requests, each with its value in every run. Lists of objects, such as
 * layers, are split into fields if all runs have the same types in the same order; otherwise the
 * list is one field, and its values are its types.
 */
public final class RequestFields {
  /** The learning rate; a schedule counts as its initial rate. */
  static final String LEARNING_RATE = "optimizer.learning_rate";

  /** The initial rate of a schedule. */
  static final String INITIAL = "initial_learning_rate";

  /** The maximum number of fields. */
  private static final int MAX_FIELDS = 1_000;

  private final List<Field> fields = new ArrayList<>();
  private boolean truncated;

  private RequestFields() {}

  /**
   * A field with its values.
   *
   * @param path such as {@code optimizer.learning_rate}
   * @param values the value of each run, in order: text, a number, a boolean or a list; null if a
   *     run has none
   * @param distinct the number of different values; a missing value counts as one if {@code varies}
   *     counts it
   * @param varies whether the values differ
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

  /** The fields, and whether there are more. */
  public record Found(List<Field> fields, boolean truncated) {}

  /**
   * The fields of some runs, in the order of the requests, without those that only identify runs.
   */
  public static Found of(List<RequestChanges.Request> runs) {
    var gathered = new RequestFields();
    boolean isResolved = runs.stream().allMatch(RequestChanges.Request::resolved);
    boolean hasTrials = runs.stream().anyMatch(RequestChanges.Request::trial);
    List<?> requests = runs.stream().map(RequestChanges.Request::request).toList();
    for (String key : keys(requests)) {
      boolean counts =
          !RequestChanges.BOOKKEEPING.contains(key) && !(hasTrials && key.equals("epochs"));
      if (counts) {
        // A queued run does not have the fields that a trainer fills in from the data.
        gathered.gather(key, child(requests, key), isResolved || !key.equals("dataset"));
      }
    }
    return new Found(List.copyOf(gathered.fields), gathered.truncated);
  }

  /**
   * Collects a field and the fields in it.
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

  /** A value without nested objects. */
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

  /** The key for comparing values: 1 and 1.0 are equal. */
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
