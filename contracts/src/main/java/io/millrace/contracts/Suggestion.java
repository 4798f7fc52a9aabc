package io.millrace.contracts;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Suggests a known name for a misspelled one. */
public final class Suggestion {
  private static final int FARTHEST_TYPO = 2;

  private Suggestion() {}

  /** The end of an error message, {@code ; did you mean variant?}; empty if no name is close. */
  public static Optional<String> of(String name, Collection<String> known) {
    return nearest(name, known).map(Suggestion::of);
  }

  /** The end of an error message that suggests this name. */
  public static String of(String meant) {
    return "; did you mean " + meant + "?";
  }

  /** The closest name, at most two edits away and with a letter in common. Case is ignored. */
  public static Optional<String> nearest(String name, Collection<String> known) {
    String nearest = null;
    int least = FARTHEST_TYPO + 1;
    for (String candidate : known) {
      int distance = distance(name, candidate);
      if (distance < least && distance < Math.max(name.length(), candidate.length())) {
        least = distance;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The Levenshtein distance; {@link Integer#MAX_VALUE} if the lengths alone differ too much. */
  private static int distance(String name, String candidate) {
    if (Math.abs(name.length() - candidate.length()) > FARTHEST_TYPO) {
      return Integer.MAX_VALUE;
    }
    String a = name.toLowerCase(Locale.ROOT);
    String b = candidate.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
