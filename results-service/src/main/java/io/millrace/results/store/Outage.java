package io.millrace.results.store;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Tells the rows that PostgreSQL refuses from the PostgreSQL that is not there. */
public final class Outage {
  /** Data exceptions, violated constraints, exceeded limits: the same rows never succeed. */
  private static final Set<String> FAULTY = Set.of("22", "23", "54");

  /** Connections, resources, an operator's intervention, and tables that are not there yet. */
  private static final Set<String> AWAY = Set.of("08", "53", "57", "42");

  private Outage() {}

  /** Whether PostgreSQL refused the rows themselves, so that trying again is of no use. */
  public static boolean isFaultOfRows(Throwable failure) {
    return FAULTY.contains(refusal(failure));
  }

  /** Whether PostgreSQL cannot be reached, or is about to go or to come. */
  public static boolean isUnreachable(Throwable failure) {
    String refusal = refusal(failure);
    if (!refusal.isEmpty()) {
      return AWAY.contains(refusal);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException
          || cause instanceof VertxException
          || cause instanceof TimeoutException
          || cause instanceof NoStackTraceThrowable) {
        return true;
      }
    }
    return false;
  }

  /** One line on what is wrong. */
  public static String describe(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  /**
   * The class of PostgreSQL's refusal, the first two characters of its SQLSTATE; empty where it
   * refused nothing. Hibernate hands on the client's exception as JDBC's.
   */
  private static String refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String state =
          cause instanceof PgException refusal
              ? refusal.getSqlState()
              : cause instanceof SQLException refusal ? refusal.getSQLState() : null;
      if (state != null && state.length() == 5) {
        return state.substring(0, 2);
      }
    }
    return "";
  }
}
