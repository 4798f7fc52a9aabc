package io.millrace.results.request;

/**
 * HQL expressions for request fields of a run {@code r}. The steps of a path are letters, digits,
 * '_' and '-' (see {@link FieldPath}), so they are safe in the text of the query. There, PostgreSQL
 * sees that the selected value and the sort key are the same, and reads the request once for both.
 */
public final class RequestValue {
  /** The value of a field; {@code offset 0} makes PostgreSQL extract it once, not at each use. */
  private static final String FIELD = "from (select ? #> '%s' as v offset 0) as field";

  private static final String NUMBER =
      "(select case when json_typeof(v) = 'number' then cast(v #>> '{}' as double precision) end "
          + FIELD
          + ")";

  private static final String TEXT = "(select left(v #>> '{}', 200) " + FIELD + ")";

  /** The learning rate, or the initial rate of a schedule. */
  private static final String RATE =
      "(select case when json_typeof(rate) = 'number' then cast(rate #>> '{}' as double precision)"
          + " end from (select case when json_typeof(v) = 'object' then v -> '"
          + RequestFields.INITIAL
          + "' else v end as rate "
          + FIELD
          + " offset 0) as begun)";

  private RequestValue() {}

  /** The value as a number; null if it is not one. */
  public static String number(FieldPath path) {
    boolean isRate = path.text().equals(RequestFields.LEARNING_RATE);
    return "cast(" + sql(isRate ? RATE : NUMBER, path) + " as Double)";
  }

  /** The value as text, at most 200 characters. */
  public static String text(FieldPath path) {
    return "cast(" + sql(TEXT, path) + " as String)";
  }

  private static String sql(String pattern, FieldPath path) {
    return "sql('" + pattern.formatted(path.array()).replace("'", "''") + "', r.request)";
  }
}
