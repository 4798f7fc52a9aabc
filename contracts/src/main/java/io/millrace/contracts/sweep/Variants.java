package io.millrace.contracts.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The named variants of a sweep. Each is merged into the request (JSON Merge Patch, RFC 7396).
 *
 * @param patches one for each variant, with its {@code variant}; empty if the sweep lists none
 */
record Variants(List<ObjectNode> patches) {
  /** The field of a sweep that lists its variants. */
  static final String VARIANTS = "variants";

  private static final String VARIANT = "variant";
  private static final int MAX_VARIANTS = 100;

  /** Fields that are the same for all runs of a sweep, or that the sweep sets. */
  private static final List<String> NEVER =
      List.of("version", "run", "experiment", "seed", "seeds", VARIANTS, "sweep", "search");

  /**
   * The variants of a request.
   *
   * @throws InvalidMessageException naming the field
   */
  static Variants of(ObjectNode request) {
    JsonNode given = request.path(VARIANTS);
    if (given.isMissingNode() || given.isNull()) {
      return new Variants(List.of());
    }
    if (!given.isArray()) {
      throw new InvalidMessageException(
          VARIANTS, "is not a list; give [{\"variant\": \"plain\"}, {\"variant\": …, …}]");
    }
    if (request.hasNonNull(VARIANT)) {
      throw new InvalidMessageException(
          VARIANT, "is in each of the variants; leave it out at the top level");
    }
    if (given.size() < 2 || given.size() > MAX_VARIANTS) {
      throw new InvalidMessageException(
          VARIANTS, "has " + Check.count(given.size(), "element") + "; give 2.." + MAX_VARIANTS);
    }
    var patches = new ArrayList<ObjectNode>();
    var names = new HashSet<String>();
    for (int i = 0; i < given.size(); i++) {
      String path = VARIANTS + "[" + i + "]";
      try {
        patches.add(patch(given.get(i), names));
      } catch (InvalidMessageException e) {
        throw e.within(path);
      }
    }
    return new Variants(List.copyOf(patches));
  }

  private static ObjectNode patch(JsonNode variant, HashSet<String> names) {
    if (!(variant instanceof ObjectNode patch)) {
      throw new InvalidMessageException(
          "", "is not an object; give {\"variant\": …} and the fields that differ");
    }
    for (String field : NEVER) {
      if (patch.has(field)) {
        throw new InvalidMessageException(
            field, "must be the same for all variants; leave it out here");
      }
    }
    JsonNode name = patch.path(VARIANT);
    if (!name.isMissingNode() && !name.isTextual()) {
      throw new InvalidMessageException(VARIANT, Check.cut(name.toString()) + " is not a name");
    }
    Check.name(VARIANT, name.textValue());
    if (!names.add(name.textValue())) {
      throw new InvalidMessageException(VARIANT, Check.quote(name.textValue()) + " is given twice");
    }
    String swept = SweptField.firstSwept(patch);
    if (swept != null) {
      throw new InvalidMessageException(
          swept, "is a sweep within a variant; list a variant for each value");
    }
    return patch;
  }

  /** The number of requests for each combination of swept values. */
  int count() {
    return Math.max(1, patches.size());
  }

  /** Merges a variant into a request; does nothing if the sweep lists none. */
  void merge(int variant, ObjectNode request) {
    if (!patches.isEmpty()) {
      merge(patches.get(variant), request);
    }
  }

  private static void merge(ObjectNode patch, ObjectNode target) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      if (field.getValue().isNull()) {
        target.remove(field.getKey());
      } else if (field.getValue() instanceof ObjectNode inner) {
        ObjectNode part =
            target.get(field.getKey()) instanceof ObjectNode there
                ? there
                : target.putObject(field.getKey());
        merge(inner, part);
      } else {
        target.set(field.getKey(), field.getValue().deepCopy());
      }
    }
  }

  /** Refuses a variant that sets a swept field. */
  void check(List<SweptField> axes) {
    for (int i = 0; i < patches.size(); i++) {
      for (SweptField axis : axes) {
        if (gives(patches.get(i), axis.path())) {
          throw new InvalidMessageException(
              VARIANTS + "[" + i + "]." + axis.path(), "is also swept; give one of the two");
        }
      }
    }
  }

  /**
   * Moves an error of a request into the variant that sets the field.
   *
   * @param variant the variant's index
   * @return null if the variant does not set the field
   */
  InvalidMessageException locate(InvalidMessageException error, int variant) {
    return !patches.isEmpty() && gives(patches.get(variant), error.field())
        ? error.within(VARIANTS + "[" + variant + "]")
        : null;
  }

  /** Whether a field, by its path, comes from a patch. */
  private static boolean gives(ObjectNode patch, String path) {
    JsonNode node = patch;
    for (String word : path.split("[.\\[]")) {
      if (!node.isObject()) {
        return true;
      }
      node = node.path(word);
      if (node.isMissingNode()) {
        return false;
      }
    }
    return !path.isEmpty();
  }
}
