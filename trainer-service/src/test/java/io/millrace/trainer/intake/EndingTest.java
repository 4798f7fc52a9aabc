package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.feed.FeedException;
import io.millrace.trainer.training.RequestRefused;
import io.millrace.trainer.training.RunFailure;
import io.millrace.trainer.training.RunStopped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** Tests how exceptions end a run, and that some do not end it. */
class EndingTest {

  private static Optional<Ending> of(Throwable e) {
    return Ending.of(e, 7L, false);
  }

  @Test
  void aStoppedRunIsCancelledReturnedOrLostDependingOnTheReason() {
    assertThat(of(new RunStopped(RunStopped.Reason.CANCELLED))).contains(new Ending.Cancelled(7L));
    assertThat(of(new RunStopped(RunStopped.Reason.CLOSING))).contains(new Ending.GivenBack(7L));
    assertThat(of(new RunStopped(RunStopped.Reason.LOST))).contains(new Ending.Lost(7L));
  }

  @Test
  void aRequestThatDoesNotFitIsRejectedOrFailsIfItHasTrainedBefore() {
    var refused = new RequestRefused("dataset.name", "dataset.name: gone");

    assertThat(of(refused)).contains(new Ending.Rejected("dataset.name", "dataset.name: gone"));
    assertThat(Ending.of(refused, 7L, true)).contains(new Ending.Failed("dataset.name: gone", 7L));
  }

  @Test
  void errorsCausedByARunFailIt() {
    assertThat(of(new RunFailure("diverged"))).contains(new Ending.Failed("diverged", 7L));
    assertThat(of(new FeedException(null, "none"))).contains(new Ending.Failed("none", 7L));
    assertThat(of(new OutOfMemoryError("heap")))
        .contains(new Ending.Failed(MemoryShortage.REASON, 7L));
    assertThat(of(new IOException("a damaged file")).orElseThrow().toString())
        .contains("could not read or write the run's files");
    assertThat(of(new IllegalStateException("odd")).orElseThrow().toString())
        .contains("unexpected error: java.lang.IllegalStateException: odd; see its log");
  }

  @Test
  void errorsOfKafkaOrTheStoreDoNotEndTheRun() {
    assertThat(of(new KafkaException("not published"))).isEmpty();
    assertThat(of(new UncheckedIOException("the model store: away", new IOException()))).isEmpty();
    assertThat(of(new IOException("No space left on device"))).isEmpty();
  }

  private static Fault fault(Throwable e) {
    return Fault.of(e).orElseThrow();
  }

  @Test
  void faultsThatNeedRepairAreDistinguishedFromPassingOnes() {
    assertThat(fault(new KafkaException("not published", new TimeoutException("slow"))).lasts())
        .isFalse();
    assertThat(
            fault(
                    new KafkaException(
                        "not published", new TopicAuthorizationException("training-events")))
                .lasts())
        .isTrue();
    assertThat(fault(new UncheckedIOException("s", new AccessDeniedException("r"))).lasts())
        .isTrue();
    assertThat(fault(new UncheckedIOException(new IOException("No space left on device"))))
        .satisfies(fault -> assertThat(fault.lasts()).isTrue())
        .satisfies(fault -> assertThat(fault.kind()).isEqualTo(Trouble.Kind.STORE));
    assertThat(fault(new UncheckedIOException("s", new IOException("odd"))).lasts()).isFalse();
    assertThat(Fault.of(new IllegalStateException("odd"))).isEmpty();
  }
}
