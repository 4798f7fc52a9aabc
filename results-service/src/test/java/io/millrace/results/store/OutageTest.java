package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.smallrye.mutiny.CompositeException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class OutageTest {
  @Test
  void temporaryFailuresAreOutages() {
    assertThat(List.of("08006", "25006", "28P01", "3D000", "40P01", "42P01", "53300", "57P01"))
        .allMatch(state -> Outage.isUnreachable(refusal(state)));
    assertThat(List.of(new ConnectException("refused"), new TimeoutException()))
        .allMatch(failure -> Outage.isUnreachable(new CompletionException(failure)));
  }

  @Test
  void aBrokenConnectionIsAnOutageEvenIfItCausesOtherFailures() {
    var broken = new NoStackTraceThrowable("Connection is not active now");
    var closed = new IllegalStateException("Session/EntityManager is closed");

    assertThat(Outage.isUnreachable(new CompositeException(closed, broken))).isTrue();
  }

  @Test
  void permanentFailuresAreNotOutages() {
    assertThat(List.of("22008", "23505", "54000"))
        .noneMatch(state -> Outage.isUnreachable(refusal(state)))
        .allMatch(state -> Outage.isOfTheData(refusal(state)));
    assertThat(List.of("21000", "25P02", "0A000", "XX000"))
        .noneMatch(state -> Outage.isUnreachable(refusal(state)))
        .noneMatch(state -> Outage.isOfTheData(refusal(state)));
    assertThat(new IllegalStateException("a bug"))
        .matches(bug -> !Outage.isUnreachable(bug))
        .matches(bug -> !Outage.isOfTheData(bug));
  }

  @Test
  void aJsonWriteErrorIsNoOutageAlthoughItIsAnInputOutputException() {
    Throwable failure = Assertions.catchThrowable(() -> Messages.write(new Object()));

    assertThat(Outage.isUnreachable(failure)).isFalse();
  }

  /** An SQL error as Hibernate wraps it. */
  private static Throwable refusal(String state) {
    return new CompletionException(
        new SQLException("no", state, new PgException("no", "ERROR", state, null)));
  }
}
