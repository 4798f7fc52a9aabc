package io.millrace.results.query;

/**
 * Fields of requests in HQL, of a run {@code r}. The path is a parameter; of a learning rate there
 * is a second one, for the schedule that may stand there.
 */
final class RequestValue {
  private static final String AT = "? #> cast(cast(? as text) as text[])";

  private RequestValue() {}

  /** A number; null where the value is none. */
  static String number(FieldPath path, String parameter) {
    return "cast(sql('(select case when json_typeof(value) = ''number'' then cast(value #>> ''{}'' as double precision) end from (select %s as value) as field)', %s) as Double)"
        .formatted(value(path), arguments(path, parameter));
  }

  /** Any value as text, at most 200 characters. */
  static String text(FieldPath path, String parameter) {
    return "cast(sql('left((%s) #>> ''{}'', 200)', %s) as String)"
        .formatted(value(path), arguments(path, parameter));
  }

  private static String value(FieldPath path) {
    return path.scheduleArray() == null ? AT : "coalesce(" + AT + ", " + AT + ")";
  }

  private static String arguments(FieldPath path, String parameter) {
    String own = "r.request, :" + parameter;
    return path.scheduleArray() == null ? own : "r.request, :" + parameter + "Schedule, " + own;
  }
}
