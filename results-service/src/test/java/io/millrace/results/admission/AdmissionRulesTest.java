package io.millrace.results.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.results.admission.Decision.Extend;
import io.millrace.results.admission.Decision.Move;
import io.millrace.results.admission.Decision.Nothing;
import io.millrace.results.admission.Decision.Queue;
import io.millrace.results.admission.Decision.Refuse;
import io.millrace.results.store.RunState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdmissionRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final RequestPlace HERE =
      new RequestPlace("cluster", "training-requests-0@7", NOON);
  private static final RequestPlace BEFORE =
      new RequestPlace("cluster", "training-requests-0@3", NOON.minusSeconds(60));

  private static TrainingRequest request(String more) {
    return Messages.readRequest(
        ("{\"run\": \"r\", %s \"dataset\": {\"name\": \"d\"}, \"loss\": \"mse\","
                + " \"model\": {\"layers\": [{\"type\": \"Dense\", \"units\": 1}]}}")
            .formatted(more)
            .getBytes(StandardCharsets.UTF_8));
  }

  @SuppressWarnings("unchecked")
  private static KnownRun known(RunState state, TrainingRequest request, RequestPlace place) {
    return new KnownRun(
        state,
        Messages.read(Messages.write(request), Map.class),
        place == null ? null : place.id(),
        state == RunState.QUEUED || state == RunState.RUNNING ? null : NOON.minusSeconds(1),
        state != RunState.QUEUED,
        false,
        1);
  }

  private static Decision decide(String asked, KnownRun known) {
    return AdmissionRules.decide(request(asked), known, HERE);
  }

  @Test
  void anUnknownRunIsQueued() {
    assertThat(decide("", null)).isEqualTo(new Queue(true));
  }

  @ParameterizedTest
  @EnumSource(RunState.class)
  void anAdmittedRecordIsQueuedAgainWhateverTheStateOfItsRun(RunState state) {
    assertThat(decide("", known(state, request(""), HERE))).isEqualTo(new Queue(false));
  }

  @ParameterizedTest
  @EnumSource(value = RunState.class, mode = EnumSource.Mode.EXCLUDE, names = "REJECTED")
  void theSameRequestChangesNothingAndADifferentOneIsAConflict(RunState state) {
    KnownRun known = known(state, request(""), BEFORE);

    assertThat(decide("", known)).isInstanceOf(Nothing.class);
    assertThat(decide("\"priority\": 2,", known)).isInstanceOf(Nothing.class);
    assertThat(decide("\"seed\": 5,", known))
        .isEqualTo(
            new Refuse(
                "run",
                "'r' already belongs to another request (it is " + state + "); give another run id",
                true));
  }

  @Test
  void theIdOfARejectedRunCanBeUsedAgain() {
    assertThat(decide("\"seed\": 5,", known(RunState.REJECTED, request(""), null)))
        .isInstanceOf(Queue.class);
  }

  @Test
  void aRecordRefusedByATrainerBeforeAdmissionExistedStaysRefused() {
    var refused = new KnownRun(RunState.REJECTED, Map.of(), null, HERE.at(), false, false, 0);

    assertThat(decide("", refused)).isInstanceOf(Nothing.class);
  }

  @Test
  void aRunFromBeforeAdmissionExistedIsMovedUnlessItHasEnded() {
    assertThat(decide("", known(RunState.QUEUED, request(""), null))).isInstanceOf(Move.class);
    assertThat(decide("", known(RunState.RUNNING, request(""), null))).isInstanceOf(Move.class);
    assertThat(decide("", known(RunState.COMPLETED, request(""), null)))
        .isInstanceOf(Nothing.class);
    assertThat(decide("", known(RunState.CANCELLED, request(""), null)))
        .isInstanceOf(Nothing.class);
  }

  @Test
  void aCompletedRunIsExtendedByItsOwnRequestWithMoreEpochs() {
    KnownRun completed = known(RunState.COMPLETED, request("\"epochs\": 3,"), BEFORE);

    assertThat(decide("\"extend\": true, \"epochs\": 5,", completed)).isInstanceOf(Extend.class);
    assertThat(decide("\"extend\": true, \"epochs\": 3,", completed)).isInstanceOf(Nothing.class);
    assertRefused("already has 3 epochs", "\"extend\": true, \"epochs\": 2,", completed);
    assertRefused("another request", "\"extend\": true, \"epochs\": 5, \"seed\": 9,", completed);
    assertRefused("is not a known run", "\"extend\": true, \"epochs\": 5,", null);
    assertRefused(
        "is RUNNING",
        "\"extend\": true, \"epochs\": 5,",
        known(RunState.RUNNING, request("\"epochs\": 3,"), BEFORE));
    assertRefused(
        "is FAILED",
        "\"extend\": true, \"epochs\": 5,",
        known(RunState.FAILED, request("\"epochs\": 3,"), BEFORE));
  }

  @Test
  void theOriginalRequestOfAnExtendedRunChangesNothing() {
    KnownRun longer =
        known(RunState.COMPLETED, request("\"extend\": true, \"epochs\": 5,"), BEFORE);

    assertThat(decide("\"epochs\": 3,", longer)).isInstanceOf(Nothing.class);
    assertThat(decide("\"epochs\": 6,", longer)).isInstanceOf(Refuse.class);
  }

  @Test
  void aRunWithInitialWeightsRequiresACompletedSourceRun() {
    TrainingRequest asked = request("\"initial_weights\": {\"run\": \"first\"},");
    Decision fresh = AdmissionRules.decide(asked, null, HERE);

    assertThat(AdmissionRules.withWeights(fresh, asked, run -> null))
        .isEqualTo(
            new Decision.Refuse(
                "initial_weights.run", "'first' is not a known run; give a COMPLETED run", false));
    KnownRun running = new KnownRun(RunState.RUNNING, Map.of(), null, null, true, false, 1);
    assertThat(AdmissionRules.withWeights(fresh, asked, run -> running))
        .isEqualTo(
            new Decision.Refuse(
                "initial_weights.run", "'first' is RUNNING; give a COMPLETED run", false));
    KnownRun completed =
        new KnownRun(RunState.COMPLETED, Map.of(), null, HERE.at(), true, false, 1);
    assertThat(AdmissionRules.withWeights(fresh, asked, run -> completed)).isEqualTo(fresh);
    // An admitted record stays admitted, even if the other run no longer exists.
    assertThat(AdmissionRules.withWeights(new Decision.Queue(false), asked, run -> null))
        .isEqualTo(new Decision.Queue(false));
  }

  private static void assertRefused(String reason, String asked, KnownRun known) {
    assertThat(decide(asked, known))
        .isInstanceOfSatisfying(
            Refuse.class,
            refuse -> {
              assertThat(refuse.field()).isEqualTo("extend");
              assertThat(refuse.reason()).contains(reason);
            });
  }
}
