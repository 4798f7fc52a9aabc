package io.millrace.results.store;

import com.fasterxml.jackson.core.JacksonException;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Tells the PostgreSQL that is not there from all else that can go wrong. */
public final class Outage {
  /**
   * Beginnings of the SQLSTATEs that pass: connections, a standby's read-only transactions, a user
   * or a database that is not there yet, deadlocks, tables that are not there yet, resources,
   * locks, an operator's intervention, disks.
   */
  private static final List<String> PASSING =
      List.of("08", "25006", "28", "3D", "40", "42", "53", "55P03", "57", "58");

  /** Beginnings of the SQLSTATEs that are the fault of what is written. */
  private static final List<String> OF_THE_DATA = List.of("22", "23", "54");

  private Outage() {}

  /**
   * Whether PostgreSQL refuses the data: a value out of its range, a text with a character that it
   * does not know, a row against a constraint, more of something than it can hold.
   */
  public static boolean isOfTheData(Throwable failure) {
    String state = sqlState(failure);
    return OF_THE_DATA.stream().anyMatch(state::startsWith);
  }

  /**
   * Whether PostgreSQL cannot be reached, or is about to go or to come: the same may succeed later.
   */
  public static boolean isUnreachable(Throwable failure) {
    String state = sqlState(failure);
    if (!state.isEmpty()) {
      return PASSING.stream().anyMatch(state::startsWith);
    }
    return causes(failure).noneMatch(JacksonException.class::isInstance)
        && causes(failure).anyMatch(Outage::isOfConnection);
  }

  /** Whether PostgreSQL has undone a transaction because of another one: it may be done again. */
  public static boolean isDeadlock(Throwable failure) {
    return sqlState(failure).startsWith("40");
  }

  private static boolean isOfConnection(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof VertxException
        || failure instanceof TimeoutException
        || failure instanceof NoStackTraceThrowable;
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
   * The SQLSTATE of PostgreSQL's refusal; empty where it refused nothing. Hibernate hands on the
   * client's exception as JDBC's.
   */
  private static String sqlState(Throwable failure) {
    return causes(failure)
        .map(
            cause ->
                cause instanceof PgException refusal
                    ? refusal.getSqlState()
                    : cause instanceof SQLException refusal ? refusal.getSQLState() : null)
        .filter(state -> state != null && state.length() == 5)
        .findFirst()
        .orElse("");
  }

  /**
   * The failure, its causes, and what failed beside them: where a connection breaks, the rollback
   * fails too, and its exception may come first.
   */
  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .flatMap(cause -> Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed())));
  }
}
