package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.kafka.TopicProvisioner;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.intake.ClaimRules.Decision;
import io.millrace.trainer.store.Claim;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimRulesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String PLACE = "training-requests-0@7";
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

  @Test
  void aFreshRequestTrains() {
    assertThat(rules.decide(Optional.empty(), delivered(1)))
        .isEqualTo(new Decision.Train(delivered(1)));
  }

  @Test
  void aRedeliveredRequestGoesOnUnderTheNextVersion() {
    Decision decision = rules.decide(Optional.of(delivered(1)), delivered(2));

    Claim next = ((Decision.Train) decision).claim();
    assertThat(next.version()).isEqualTo(2);
    assertThat(next.delivery()).isEqualTo(2);
    assertThat(next.claimedAt()).isEqualTo(NOON);
  }

  @Test
  void aTrainerThatWokeUpLateLeavesTheRunToALaterDelivery() {
    assertThat(rules.decide(Optional.of(delivered(2)), delivered(1)))
        .isInstanceOf(Decision.Late.class);
    Claim other = Claim.first("cluster", PLACE, 2, "other", NOON, REQUEST);
    assertThat(rules.decide(Optional.of(delivered(2)), other)).isInstanceOf(Decision.Late.class);
  }

  @Test
  void aTrainerGoesOnWithItsOwnDeliveryAfterATrouble() {
    assertThat(rules.decide(Optional.of(delivered(2)), delivered(2)))
        .isInstanceOfSatisfying(
            Decision.Train.class, train -> assertThat(train.claim().version()).isEqualTo(2));
  }

  @Test
  void deliveriesThatEndedInGoodOrderDoNotCountUntilTheBrokersLast() {
    Claim claim = delivered(1);
    for (int delivery = 2; delivery < TopicProvisioner.DELIVERIES; delivery++) {
      Decision decision = rules.decide(Optional.of(claim.givenBack()), delivered(delivery));
      assertThat(decision).as("delivery %d", delivery).isInstanceOf(Decision.Train.class);
      claim = ((Decision.Train) decision).claim();
    }

    assertThat(rules.decide(Optional.of(claim.givenBack()), delivered(TopicProvisioner.DELIVERIES)))
        .isInstanceOf(Decision.GiveUp.class);
  }

  @Test
  void aNumberOfTrainersThatTheBrokerWouldNotReachIsRefused() {
    assertThatThrownBy(() -> new ClaimRules(TopicProvisioner.DELIVERIES))
        .hasMessage("millrace.trainer.max-deliveries: 10 is out of range; give 1..9");
  }

  @Test
  void afterTheLastDeliveryTheRunFailsWithTheReason() {
    Decision decision = rules.decide(Optional.of(delivered(2)), delivered(3));

    assertThat(decision).isInstanceOf(Decision.GiveUp.class);
    assertThat(((Decision.GiveUp) decision).reason())
        .startsWith("was given to trainers 2 times and none finished it");
    assertThat(rules.decide(Optional.empty(), delivered(3))).isInstanceOf(Decision.GiveUp.class);
  }

  @Test
  void anEndIsToldAgainWhateverTheDelivery() {
    Claim ended = delivered(1).ended(Claim.State.COMPLETED, NOON);

    assertThat(rules.decide(Optional.of(ended), delivered(9)))
        .isEqualTo(new Decision.Repeat(ended));
    assertThat(
            rules.decide(Optional.of(ended), claim("cluster", "training-requests-0@8", 1, REQUEST)))
        .isEqualTo(new Decision.Repeat(ended));
  }

  @Test
  void theSameRequestUnderAnotherRecordIsLeftToWhoTrainsIt() {
    Claim twin = claim("cluster", "training-requests-0@8", 1, REQUEST);

    assertThat(rules.decide(Optional.of(delivered(1)), twin)).isInstanceOf(Decision.Ignore.class);
  }

  @Test
  void anotherClustersUnfinishedRunIsTakenOver() {
    Claim elsewhere = claim("another", PLACE, 1, REQUEST);

    assertThat(rules.decide(Optional.of(delivered(1)), elsewhere))
        .isInstanceOfSatisfying(
            Decision.Train.class,
            train -> assertThat(train.claim().cluster()).isEqualTo("another"));
  }

  @Test
  void anotherRequestUnderTheSameIdIsAConflictUnlessTheFirstWasRejected() {
    Claim other = claim("cluster", "training-requests-0@8", 1, request(2));

    assertThat(rules.decide(Optional.of(delivered(1)), other))
        .isInstanceOfSatisfying(
            Decision.Conflict.class,
            conflict -> assertThat(conflict.reason()).contains("(it is RUNNING)"));
    Claim rejected = delivered(1).ended(Claim.State.REJECTED, NOON);
    assertThat(rules.decide(Optional.of(rejected), other))
        .isInstanceOfSatisfying(
            Decision.Train.class, train -> assertThat(train.claim().version()).isEqualTo(3));
  }
}
