package io.millrace.results.api;

/** How an answer says that a limit has cut it, where its body has no place to say so. */
final class Truncation {
  /** True where there is more than the answer has, and no page that follows. */
  static final String HEADER = "Millrace-Truncated";

  private Truncation() {}
}
