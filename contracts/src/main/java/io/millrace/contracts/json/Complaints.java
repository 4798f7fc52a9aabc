package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import io.millrace.contracts.request.DatasetSpec;
import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Turns errors of Jackson into errors for users: the field's path, what is wrong, what is right.
 */
final class Complaints {
  /** The most names that an error lists. */
  private static final int MOST_CHOICES = 12;

  /** How many similar names an error lists if there are more: those that share a long substring. */
  private static final int NEAREST = 4;

  private static final int LEAST_IN_COMMON = 6;

  private static final Pattern MARKER = Pattern.compile(" \\(start marker at .*");
  private static final Pattern SOURCE = Pattern.compile(", from `[^`]*`");

  private Complaints() {}

  /** The error for JSON that does not fit the message. */
  static InvalidMessageException of(JsonMappingException e) {
    String path = path(e.getPath());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidMessageException own) {
        return own.within(path);
      }
      if (cause instanceof InputCoercionException number) {
        return new InvalidMessageException(
            path,
            "is out of the range of "
                + (number.getTargetType() == int.class ? "32" : "64")
                + "-bit integers");
      }
      if (cause instanceof StreamConstraintsException excess) {
        return excess(excess, path(e.getPath().subList(0, Math.min(2, e.getPath().size()))));
      }
      if (cause instanceof StreamReadException malformed) {
        return notJson(malformed);
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return unknownField(path, unknown);
    }
    if (e instanceof InvalidTypeIdException type) {
      return type(path, type);
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return mismatch(path, mismatch);
    }
    return new InvalidMessageException(path, Check.cut(e.getOriginalMessage()));
  }

  /** The error for text that is not JSON, or that has a field twice. */
  static InvalidMessageException notJson(JsonProcessingException e) {
    JsonStreamContext place =
        e.getProcessor() instanceof JsonParser parser ? parser.getParsingContext() : null;
    if (e instanceof StreamConstraintsException excess) {
      return excess(excess, place == null ? "" : outermost(place));
    }
    String message = plain(e);
    if (place != null && message.startsWith("Duplicate field")) {
      return new InvalidMessageException(path(place), "is given twice; give it once");
    }
    if (place != null && message.startsWith("Non-standard token")) {
      return new InvalidMessageException(
          path(place), message.split("'")[1] + " is not a number in JSON; give a finite number");
    }
    return new InvalidMessageException(
        "",
        "not JSON, at line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + (place == null || path(place).isEmpty() ? "" : ", in " + path(place))
            + ": "
            + message);
  }

  /** The error for an unexpected failure of the reader. */
  static InvalidMessageException unexpected(Throwable e) {
    return new InvalidMessageException(
        "", "the message cannot be read: " + Check.cut(e.toString()));
  }

  /**
   * The error for a message over a limit of {@link Json}.
   *
   * @param place the outer part of the path: the full path of something nested too deep is too long
   */
  private static InvalidMessageException excess(StreamConstraintsException e, String place) {
    String message = e.getOriginalMessage();
    String what =
        message.startsWith("Document nesting depth")
            ? "is nested more than " + Json.MAX_DEPTH + " levels deep"
            : message.startsWith("Number value length")
                ? "has a number of more than " + Json.MAX_NUMBER + " characters"
                : message.startsWith("Name length")
                    ? "has a field whose name is longer than " + Json.MAX_NAME + " characters"
                    : message.startsWith("String value length")
                        ? "has a string of more than " + Messages.MAX_BYTES + " characters"
                        : "is over a limit: " + plain(e);
    return new InvalidMessageException(
        "", "the message " + what + (place.isEmpty() ? "" : ", in " + place));
  }

  private static String outermost(JsonStreamContext place) {
    JsonStreamContext outer = place;
    while (outer.getParent() != null && !outer.getParent().inRoot()) {
      outer = outer.getParent();
    }
    return path(outer);
  }

  /** Jackson's message without Jackson's own details. */
  private static String plain(JsonProcessingException e) {
    return SOURCE.matcher(MARKER.matcher(e.getOriginalMessage()).replaceAll("")).replaceAll("");
  }

  private static InvalidMessageException unknownField(
      String path, UnrecognizedPropertyException unknown) {
    var known = new TreeSet<String>();
    unknown.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
    var candidates = new TreeSet<>(known);
    String where = "here";
    if (unknown.getReferringClass() == DatasetSpec.Images.class) {
      where = "of an image data set";
      candidates.addAll(DatasetSpecDeserializer.OF_SERIES);
      candidates.addAll(DatasetSpecDeserializer.OF_ROWS);
      candidates.addAll(DatasetSpecDeserializer.OF_TABLES);
    } else if (unknown.getReferringClass() == DatasetSpec.Series.class) {
      where = "of a series";
    } else if (unknown.getReferringClass() == DatasetSpec.Rows.class) {
      where = "of a data set of rows";
    }
    return new InvalidMessageException(
        path,
        "is not a field "
            + where
            + Suggestion.of(unknown.getPropertyName(), candidates)
                .orElse("; give one of " + String.join(", ", known)));
  }

  private static InvalidMessageException type(String path, InvalidTypeIdException e) {
    String id = e.getTypeId();
    if (id == null) {
      return new InvalidMessageException(path.isEmpty() ? "type" : path + ".type", "is required");
    }
    String known =
        e.getOriginalMessage().replaceAll("(?s).*known type ids = \\[([^\\]]*)\\].*", "$1");
    return new InvalidMessageException(
        path.isEmpty() ? "type" : path + ".type",
        Check.quote(id)
            + " is not known"
            + Suggestion.of(id, List.of(known.split(", "))).orElseGet(() -> choices(id, known)));
  }

  /** All names; if there are many, only those that resemble the given one. */
  private static String choices(String id, String known) {
    List<String> all = List.of(known.split(", "));
    if (all.size() <= MOST_CHOICES) {
      return "; give one of " + known;
    }
    List<String> near =
        all.stream()
            .filter(name -> commonLetters(id, name) >= LEAST_IN_COMMON)
            .sorted(Comparator.comparing(name -> -commonLetters(id, name)))
            .limit(NEAREST)
            .toList();
    return (near.isEmpty() ? "" : "; similar names are " + String.join(", ", near))
        + "; all "
        + all.size()
        + " are listed in contracts/README.md";
  }

  /** The length of the longest common substring, ignoring case. */
  private static int commonLetters(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int longest = 0;
    for (int start = 0; start < a.length(); start++) {
      while (start + longest < a.length() && b.contains(a.substring(start, start + longest + 1))) {
        longest++;
      }
    }
    return longest;
  }

  private static InvalidMessageException mismatch(String path, MismatchedInputException e) {
    String message = e.getOriginalMessage();
    if (path.isEmpty() && message.startsWith("No content")) {
      return new InvalidMessageException("", "the message is empty; give a JSON object");
    }
    if (path.isEmpty() && message.startsWith("Trailing token")) {
      return new InvalidMessageException(
          "", "something follows the message; give one JSON object and nothing after it");
    }
    String value =
        e instanceof InvalidFormatException format && format.getValue() != null
            ? format.getValue() instanceof CharSequence text
                ? Check.quote(text.toString()) + " "
                : Check.cut(format.getValue().toString()) + " "
            : "";
    return new InvalidMessageException(
        path,
        (path.isEmpty() && value.isEmpty() ? "the message " : value)
            + "is not "
            + expected(e.getTargetType()));
  }

  private static String expected(Class<?> type) {
    if (Stream.of(Integer.class, Long.class, int.class, long.class).anyMatch(type::equals)) {
      return "an integer";
    }
    if (type == Double.class) {
      return "a number";
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class || type.isEnum()) {
      return "a string";
    }
    if (Temporal.class.isAssignableFrom(type)) {
      return "a time; give one such as 2026-01-31T12:00:00Z";
    }
    return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String path(List<JsonMappingException.Reference> references) {
    var path = new StringBuilder();
    for (var reference : references) {
      if (reference.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(Check.cut(reference.getFieldName()));
      } else if (reference.getIndex() >= 0) {
        path.append('[').append(reference.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  private static String path(JsonStreamContext place) {
    String outer = place.getParent() == null ? "" : path(place.getParent());
    if (place.inArray()) {
      return outer + "[" + place.getCurrentIndex() + "]";
    }
    if (place.inObject() && place.getCurrentName() != null) {
      return (outer.isEmpty() ? "" : outer + ".") + Check.cut(place.getCurrentName());
    }
    return outer;
  }
}
