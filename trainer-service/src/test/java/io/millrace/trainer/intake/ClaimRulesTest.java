package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.trainer.intake.ClaimRules.Arrival;
import io.millrace.trainer.intake.ClaimRules.Decision;
import io.millrace.trainer.store.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimRulesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String PLACE = "training-queue-0@7";
  private static final TrainingRequest REQUEST = request(1);

  private final ClaimRules rules = new ClaimRules(2);

  private static TrainingRequest request(int epochs) {
    return Messages.read(
        """
        {"run":"r","dataset":{"name":"d"},"model":{"layers":[{"type":"Dense","units":2}]},
         "loss":"mse","epochs":%d}"""
            .formatted(epochs)
            .getBytes(StandardCharsets.UTF_8),
        TrainingRequest.class);
  }

  private static Claim claim(String cluster, String record, int delivery, TrainingRequest request) {
    return Claim.first(cluster, record, delivery, "trainer", NOON, request);
  }

  private static Claim delivered(int delivery) {
    return claim("cluster", PLACE, delivery, REQUEST);
  }

  private Decision decide(Claim current, Claim fresh) {
    return rules.decide(Optional.ofNullable(current), arrival(fresh, null, 0));
  }

  private static Arrival arrival(Claim fresh, String successorOf, long reached) {
    return new Arrival(fresh, successorOf, reached, false, 0);
  }

  private static Arrival cancelled(Claim fresh) {
    return new Arrival(fresh, null, 0, true, 0);
  }

  private static Claim trained(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Train.class);
    return ((Decision.Train) decision).claim();
  }

  private static String refusal(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refuse.class);
    return ((Decision.Refuse) decision).reason();
  }

  @Test
  void aFreshRequestTrains() {
    assertThat(decide(null, delivered(1))).isEqualTo(new Decision.Train(delivered(1)));
  }

  @Test
  void aRedeliveredRequestContinuesUnderTheNextVersion() {
    Claim next = trained(decide(delivered(1), delivered(2)));

    assertThat(next.version()).isEqualTo(2);
    assertThat(next.delivery()).isEqualTo(2);
    assertThat(next.claimedAt()).isEqualTo(NOON);
  }

  @Test
  void aTrainerIsLateForADeliveryOlderThanTheClaimOrClaimedByAnother() {
    assertThat(decide(delivered(2), delivered(1))).isInstanceOf(Decision.Late.class);
    Claim other = Claim.first("cluster", PLACE, 2, "other", NOON, REQUEST);
    assertThat(decide(delivered(2), other)).isInstanceOf(Decision.Late.class);
  }

  @Test
  void aTrainerContinuesItsOwnDeliveryWithoutCountingAFailure() {
    Claim next = trained(decide(delivered(1), delivered(1)));

    assertThat(next.version()).isEqualTo(2);
    assertThat(next.failures()).isZero();
  }

  @Test
  void returnedDeliveriesAreNotFailuresAndTheLastOnesArePutBack() {
    Claim claim = delivered(1);
    for (int delivery = 2; delivery <= ClaimRules.LAST_TRAINED; delivery++) {
      claim = trained(decide(claim.givenBack(), delivered(delivery)));
      assertThat(claim.failures()).as("delivery %d", delivery).isZero();
    }

    for (int delivery = ClaimRules.LAST_TRAINED + 1;
        delivery <= TopicProvisioner.DELIVERIES;
        delivery++) {
      Decision decision = decide(claim.givenBack(), delivered(delivery));
      assertThat(decision).isInstanceOf(Decision.PutBack.class);
      claim = ((Decision.PutBack) decision).claim();
    }
  }

  @Test
  void aRequestThatWasPutBackKeepsItsFailuresAndItsOldRecordIsIgnored() {
    Claim old = trained(decide(delivered(1), delivered(2)));
    Claim copy = claim("cluster", "training-queue-0@9", 1, REQUEST);

    Claim next = trained(rules.decide(Optional.of(old), arrival(copy, PLACE, 0)));

    assertThat(next.record()).isEqualTo(copy.record());
    assertThat(next.failures()).isEqualTo(1);
    assertThat(decide(next, delivered(3))).isInstanceOf(Decision.Ignore.class);
    Claim second = claim("cluster", "training-queue-0@10", 1, REQUEST);
    assertThat(rules.decide(Optional.of(next), arrival(second, PLACE, 0)))
        .isInstanceOf(Decision.Ignore.class);
  }

  @Test
  void aRunThatMakesProgressSurvivesManyDyingTrainers() {
    Claim claim = delivered(1);
    for (int n = 2; n <= 30; n++) {
      // Each claim is for the next delivery; every fifth time, the record is put back on the queue.
      Claim fresh =
          n % 5 == 0
              ? claim("cluster", "training-queue-0@" + (100 + n), 1, REQUEST)
              : claim("cluster", claim.record(), claim.delivery() + 1, REQUEST);
      claim = trained(rules.decide(Optional.of(claim), arrival(fresh, claim.record(), 10L * n)));
    }

    assertThat(claim.step()).isEqualTo(300);
  }

  @Test
  void maxDeliveriesAtTheLimitOfTheBrokerIsRefused() {
    assertThatThrownBy(() -> new ClaimRules(TopicProvisioner.DELIVERIES))
        .hasMessage("millrace.trainer.max-deliveries: 10 is out of range; give 1..9");
  }

  @Test
  void aRunFailsWithTheReasonAfterTooManyTrainersInARow() {
    Claim second = trained(decide(delivered(1), delivered(2)));

    Decision decision = decide(second, delivered(3));

    assertThat(decision).isInstanceOf(Decision.GiveUp.class);
    assertThat(((Decision.GiveUp) decision).reason())
        .startsWith("2 trainers in a row stopped or died without progress beyond step 0");
    assertThat(decide(null, delivered(3))).isInstanceOf(Decision.GiveUp.class);
  }

  @Test
  void theEndOfARunIsRepeatedForAnyLaterDelivery() {
    Claim ended = delivered(1).ended(Claim.State.COMPLETED, NOON);

    assertThat(decide(ended, delivered(9))).isEqualTo(new Decision.Repeat(ended));
    assertThat(decide(ended, claim("cluster", "training-queue-0@8", 1, REQUEST)))
        .isEqualTo(new Decision.Repeat(ended));
  }

  @Test
  void theSameRequestInAnotherRecordIsIgnoredWhileItTrains() {
    Claim twin = claim("cluster", "training-queue-0@8", 1, REQUEST);

    assertThat(decide(delivered(1), twin)).isInstanceOf(Decision.Ignore.class);
  }

  @Test
  void anUnfinishedRunOfAnotherClusterIsTakenOver() {
    Claim elsewhere = claim("another", PLACE, 1, REQUEST);

    assertThat(trained(decide(delivered(1), elsewhere)).cluster()).isEqualTo("another");
  }

  @Test
  void aDifferentRequestWithTheSameIdIsAConflictUnlessTheFirstWasRejected() {
    Claim other = claim("cluster", "training-queue-0@8", 1, request(2));

    assertThat(refusal(decide(delivered(1), other))).contains("(it is RUNNING)");
    Claim rejected = delivered(1).ended(Claim.State.REJECTED, NOON);
    assertThat(trained(decide(rejected, other)).version()).isEqualTo(3);
  }

  private static Claim extension(int epochs) {
    return claim("cluster", "training-queue-0@20", 1, extend(request(epochs)));
  }

  private static TrainingRequest extend(TrainingRequest request) {
    String json = Messages.text(request);
    return Messages.readRequest(
        json.replaceFirst("\\{", "{\"extend\":true,").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aCompletedRunIsExtendedOnceAndThenItsEndIsRepeated() {
    Claim completed = delivered(1).ended(Claim.State.COMPLETED, NOON);

    Claim next = trained(decide(completed, extension(3)));

    assertThat(next.version()).isEqualTo(3);
    assertThat(next.request().epochs()).isEqualTo(3);
    Claim ended = next.ended(Claim.State.COMPLETED, NOON);
    Claim twin = claim("cluster", "training-queue-0@21", 1, next.request());
    assertThat(decide(next, twin)).isInstanceOf(Decision.Ignore.class);
    assertThat(decide(ended, twin)).isEqualTo(new Decision.Repeat(ended));
    assertThat(decide(ended, delivered(2))).isEqualTo(new Decision.Repeat(ended));
    assertThat(refusal(decide(ended, extension(2)))).contains("already has 3 epochs");
  }

  @Test
  void aCancelledRunCanBeExtendedButAFailedRunningOrUnknownOneCannot() {
    trained(decide(delivered(1).ended(Claim.State.CANCELLED, NOON), extension(1)));

    Claim failed = delivered(1).ended(Claim.State.FAILED, NOON);
    assertThat(refusal(decide(failed, extension(3)))).contains("is FAILED");
    assertThat(refusal(decide(delivered(1), extension(3)))).contains("is RUNNING");
    assertThat(refusal(decide(null, extension(3)))).contains("is not a known run");
    Claim rejected = delivered(1).ended(Claim.State.REJECTED, NOON);
    assertThat(refusal(decide(rejected, extension(3)))).contains("is not a known run");
  }

  @Test
  void aFailedExtensionCanBeRequestedAgain() {
    Claim completed = delivered(1).ended(Claim.State.COMPLETED, NOON);
    Claim failed = trained(decide(completed, extension(3))).ended(Claim.State.FAILED, NOON);
    Claim again = claim("cluster", "training-queue-0@30", 1, extend(request(3)));

    assertThat(trained(decide(failed, again)).version()).isEqualTo(5);
    assertThat(refusal(decide(failed, extension(2)))).contains("already has 3 epochs");
  }

  @Test
  void theDurationOfAnExtendedRunExcludesThePause() {
    Claim completed = delivered(1).ended(Claim.State.COMPLETED, NOON.plusSeconds(60));
    Instant evening = NOON.plusSeconds(20_000);

    Claim extended =
        trained(
            decide(
                completed,
                Claim.first("cluster", "t@20", 1, "trainer", evening, extend(request(3)))));

    assertThat(extended.seconds(evening.plusSeconds(5))).isEqualTo(65);
    Claim takenOver =
        trained(
            decide(
                extended,
                Claim.first(
                    "cluster", "t@20", 2, "other", evening.plusSeconds(9), extended.request())));
    assertThat(takenOver.seconds(evening.plusSeconds(10))).isEqualTo(70);
    Claim ended = takenOver.ended(Claim.State.CANCELLED, evening.plusSeconds(10));
    Claim again =
        Claim.first("cluster", "t@21", 1, "other", evening.plusSeconds(500), extend(request(4)));
    assertThat(trained(decide(ended, again)).seconds(evening.plusSeconds(501))).isEqualTo(71);
  }

  @Test
  void anExtensionMayDifferOnlyInItsEpochs() {
    Claim completed = delivered(1).ended(Claim.State.COMPLETED, NOON);
    String json = Messages.text(request(3));
    TrainingRequest other =
        Messages.readRequest(
            json.replace("\"batch_size\":32", "\"batch_size\":16")
                .getBytes(StandardCharsets.UTF_8));

    Decision decision =
        decide(completed, claim("cluster", "training-queue-0@20", 1, extend(other)));

    assertThat(refusal(decision)).contains("only epochs may differ");
    assertThat(((Decision.Refuse) decision).field()).isEqualTo("extend");
  }

  @Test
  void aRunCancelledBeforeAnyTrainerHasItIsNeverClaimed() {
    assertThat(rules.decide(Optional.empty(), cancelled(delivered(1))))
        .isEqualTo(new Decision.Cancel(0));
    assertThat(rules.decide(Optional.empty(), cancelled(delivered(9))).claimed()).isEmpty();
    Claim rejected = delivered(1).ended(Claim.State.REJECTED, NOON);
    Claim other = claim("cluster", "training-queue-0@8", 1, request(2));
    assertThat(rules.decide(Optional.of(rejected), cancelled(other)))
        .isInstanceOf(Decision.Cancel.class);
  }

  @Test
  void cancellingAQueuedExtensionLeavesTheClaimUnchanged() {
    Claim completed = delivered(1).ended(Claim.State.COMPLETED, NOON);

    Decision decision =
        rules.decide(Optional.of(completed), new Arrival(extension(3), null, 39, true, 0));

    assertThat(decision).isEqualTo(new Decision.Cancel(39));
    assertThat(trained(decide(completed, extension(3))).version()).isEqualTo(3);
  }

  @Test
  void aClaimedRunIsTakenOverToBeCancelled() {
    assertThat(trained(rules.decide(Optional.of(delivered(1)), cancelled(delivered(2)))).version())
        .isEqualTo(2);
  }

  @Test
  void aRecordThatIsNotTheSuccessorOfTheRunningOneCannotTakeTheRun() {
    Claim forged = claim("cluster", "training-queue-0@8", 1, REQUEST);

    for (String place : new String[] {null, "", "training-queue-0@6", "training-queue-0@8"}) {
      assertThat(rules.decide(Optional.of(delivered(1)), arrival(forged, place, 0)))
          .as(place)
          .isInstanceOf(Decision.Ignore.class);
    }
    Claim other = claim("cluster", "training-queue-0@8", 1, request(2));
    assertThat(refusal(rules.decide(Optional.of(delivered(1)), arrival(other, PLACE, 0))))
        .contains("(it is RUNNING)");
  }

  @Test
  void claimsOfARestoredStoreContinueAboveTheClaimFloor() {
    assertThat(
            trained(rules.decide(Optional.empty(), new Arrival(delivered(2), null, 0, false, 7))))
        .extracting(Claim::version)
        .isEqualTo(8);
    Claim restored = delivered(1);
    Claim next =
        trained(rules.decide(Optional.of(restored), new Arrival(delivered(2), null, 0, false, 7)));
    assertThat(next.version()).isEqualTo(8);
    assertThat(next.givenBack().version()).isEqualTo(9);
    assertThat(
            trained(rules.decide(Optional.of(next), new Arrival(delivered(3), null, 10, false, 7)))
                .version())
        .isEqualTo(9);
  }
}
