package io.millrace.results.request;

/**
 * Fields of requests in HQL, of a run {@code r}. The steps of a path are letters, digits, '_' and
 * '-' (see {@link FieldPath}) and stand in the query's text: so PostgreSQL sees that what is
 * selected and what is sorted by are the same, and reads the request once for both.
 */
public final class RequestValue {
  /** The value of a field; {@code offset 0}, so that it is taken out once and not at each use. */
  private static final String FIELD = "from (select ? #> '%s' as v offset 0) as field";

  private static final String NUMBER =
      "(select case when json_typeof(v) = 'number' then cast(v #>> '{}' as double precision) end "
          + FIELD
          + ")";

  private static final String TEXT = "(select left(v #>> '{}', 200) " + FIELD + ")";

  /** Of a learning rate, or of a schedule in its place. */
  private static final String RATE =
      "(select case when json_typeof(rate) = 'number' then cast(rate #>> '{}' as double precision) end"
          + " from (select case when json_typeof(v) = 'object' then v -> '"
          + RequestFields.INITIAL
          + "' else v end as rate "
          + FIELD
          + " offset 0) as begun)";

  private RequestValue() {}

  /** A number; null where the value is none. */
  public static String number(FieldPath path) {
    boolean isRate = path.text().equals(RequestFields.LEARNING_RATE);
    return "cast(" + sql(isRate ? RATE : NUMBER, path) + " as Double)";
  }

  /** Any value as text, at most 200 characters. */
  public static String text(FieldPath path) {
    return "cast(" + sql(TEXT, path) + " as String)";
  }

  private static String sql(String pattern, FieldPath path) {
    return "sql('" + pattern.formatted(path.array()).replace("'", "''") + "', r.request)";
  }
}
