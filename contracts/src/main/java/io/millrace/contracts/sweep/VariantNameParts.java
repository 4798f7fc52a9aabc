package io.millrace.contracts.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;

/** Turns swept values into parts of a variant's name. */
final class VariantNameParts {
  private static final int MAX_WORDS = 64;
  private static final Pattern OTHERS = Pattern.compile("[^A-Za-z0-9._-]+");

  private VariantNameParts() {}

  /** A short form of a value: the value itself, or the {@code type} of an object. */
  static String of(JsonNode value) {
    if (value.isObject()) {
      return value.path("type").isTextual() ? of(value.path("type")) : "object";
    }
    if (value.isArray()) {
      var parts = new ArrayList<String>();
      value.forEach(element -> parts.add(of(element)));
      return String.join("x", parts);
    }
    return value.isNull() ? "none" : plain(value.asText());
  }

  /** A text with every run of characters that names may not have replaced by a hyphen. */
  static String plain(String text) {
    return OTHERS.matcher(text).replaceAll("-");
  }

  /** For each field, the fewest last words of its path that distinguish it from the others. */
  static List<String> of(List<SweptField> axes) {
    List<List<String>> words = axes.stream().map(SweptField::words).toList();
    var labels = new ArrayList<String>(Collections.nCopies(axes.size(), null));
    for (int length = 1; length <= MAX_WORDS && labels.contains(null); length++) {
      var named = new ArrayList<String>();
      var counts = new HashMap<String, Integer>();
      for (List<String> all : words) {
        String name = String.join(".", all.subList(Math.max(0, all.size() - length), all.size()));
        named.add(name);
        counts.merge(name, 1, Integer::sum);
      }
      for (int i = 0; i < axes.size(); i++) {
        if (labels.get(i) == null && (counts.get(named.get(i)) == 1 || length == MAX_WORDS)) {
          labels.set(i, named.get(i));
        }
      }
    }
    return List.copyOf(labels);
  }

  /** Joins the parts to a name; a name that is too long ends with its digest. */
  static String name(List<String> parts) {
    return LongNames.fit(String.join("_", parts), "");
  }
}
