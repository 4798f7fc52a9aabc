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

/** Distinguishes an unavailable PostgreSQL from other failures. */
public final class Outage {
  /**
   * Prefixes of transient SQLSTATEs: connections, a standby's read-only transactions, a user or a
   * database that does not exist yet, deadlocks, missing tables, resources, locks, an operator's
   * intervention, disks.
   */
  private static final List<String> PASSING =
      List.of("08", "25006", "28", "3D", "40", "42", "53", "55P03", "57", "58");

  /** Prefixes of SQLSTATEs that the written data cause. */
  private static final List<String> OF_THE_DATA = List.of("22", "23", "54");

  private Outage() {}

  /**
   * Whether PostgreSQL rejects the data: a value out of range, a character that it does not
   * support, a violated constraint, or an exceeded limit.
   */
  public static boolean isOfTheData(Throwable failure) {
    String state = sqlState(failure);
    return OF_THE_DATA.stream().anyMatch(state::startsWith);
  }

  /** Whether PostgreSQL is unreachable, starting or stopping: a retry may succeed. */
  public static boolean isUnreachable(Throwable failure) {
    String state = sqlState(failure);
    if (!state.isEmpty()) {
      return PASSING.stream().anyMatch(state::startsWith);
    }
    return causes(failure).noneMatch(JacksonException.class::isInstance)
        && causes(failure).anyMatch(Outage::isOfConnection);
  }

  /** Whether PostgreSQL rolled a transaction back because of another one: it can be retried. */
  public static boolean isDeadlock(Throwable failure) {
    return sqlState(failure).startsWith("40");
  }

  private static boolean isOfConnection(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof VertxException
        || failure instanceof TimeoutException
        || failure instanceof NoStackTraceThrowable;
  }

  /** The cause of a failure, in one line. */
  public static String describe(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  /**
   * The SQLSTATE of PostgreSQL's error; empty if it reported none. Hibernate wraps the client's
   * exception in one of JDBC.
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
   * The failure, its causes, and their suppressed exceptions: when a connection breaks, the
   * rollback fails too, and its exception may come first.
   */
  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .flatMap(cause -> Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed())));
  }
}
