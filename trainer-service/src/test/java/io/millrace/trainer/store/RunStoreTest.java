package io.millrace.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TrainingRequest REQUEST =
      Messages.read(
          """
          {"run":"r","dataset":{"name":"d"},"model":{"layers":[{"type":"Dense","units":2}]},
           "loss":"mse"}"""
              .getBytes(StandardCharsets.UTF_8),
          TrainingRequest.class);

  @TempDir Path folder;

  private static Claim claim(String trainer) {
    return Claim.first("cluster", "training-queue-0@7", 1, trainer, NOON, REQUEST);
  }

  @Test
  void onlyOneOfManyTrainersClaimsAVersion() {
    var winners = new AtomicInteger();

    IntStream.range(0, 16)
        .parallel()
        .forEach(
            i -> {
              if (new ModelVersionStore(new FolderStore(folder)).put(claim("trainer-" + i))) {
                winners.incrementAndGet();
              }
            });

    assertThat(winners).hasValue(1);
    assertThat(new ModelVersionStore(new FolderStore(folder)).claim("r")).isPresent();
  }

  @Test
  void aClaimThatWasTakenOverIsNoLongerCurrentAndCannotEndTheRun() {
    var store = new ModelVersionStore(new FolderStore(folder));
    Claim first = claim("first");
    store.put(first);
    Claim second =
        first.takenOverBy(Claim.first("cluster", first.record(), 2, "second", NOON, REQUEST), 0);

    assertThat(store.put(second)).isTrue();

    assertThat(store.isCurrent(first)).isFalse();
    assertThat(store.isCurrent(second)).isTrue();
    assertThat(store.put(first.ended(Claim.State.COMPLETED, NOON))).isFalse();
    assertThat(store.claim("r")).contains(second);
  }

  @Test
  void claimsLeaveNoTemporaryFiles() throws Exception {
    var store = new ModelVersionStore(new FolderStore(folder));
    store.put(claim("one"));
    store.put(claim("two"));

    try (var files = Files.list(folder.resolve("r"))) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("claim-1.json");
    }
  }

  @Test
  void aFileWrittenAfterTheRunWasTakenOverIsNeverRead() throws Exception {
    var store = new ModelVersionStore(new FolderStore(folder));
    Claim first = claim("first");
    store.put(first);
    Claim second =
        first.takenOverBy(Claim.first("cluster", first.record(), 2, "second", NOON, REQUEST), 0);
    store.put(second);
    store.write(second, ModelVersionStore.MODEL, new byte[] {2});
    Claim ended = second.ended(Claim.State.COMPLETED, NOON);
    store.put(ended);

    store.write(first, ModelVersionStore.MODEL, new byte[] {1});

    assertThat(store.claim("r").flatMap(c -> store.read(c, ModelVersionStore.MODEL)))
        .contains(new byte[] {2});
    store.forgetBefore(ended);
    assertThat(folder.resolve("r/v1")).doesNotExist();
    assertThat(folder.resolve("r/v2/model.zip")).exists();
  }

  @Test
  void aRunIdWithAPathOutsideTheStoreIsRefused() {
    var store = new ModelVersionStore(new FolderStore(folder));

    assertThatThrownBy(() -> ModelVersionStore.folder("../elsewhere"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("run: ");
    assertThatThrownBy(() -> store.claim("..")).isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void theFileOfTheNewestVersionIsFoundEvenWithoutClaims() throws Exception {
    var store = new ModelVersionStore(new FolderStore(folder));
    assertThat(store.newest("r", ModelVersionStore.STARTED)).isEmpty();
    Claim claim = claim("one");
    for (int version = 1; version <= 10; version++) {
      store.write(claim.above(version - 1), ModelVersionStore.STARTED, new byte[] {(byte) version});
    }

    assertThat(store.newest("r", ModelVersionStore.STARTED)).contains(new byte[] {10});
    assertThat(store.has("r", ModelVersionStore.STARTED)).isTrue();
    assertThat(store.has("r", ModelVersionStore.RESULT)).isFalse();
  }

  @Test
  void aDeletedRunLeavesNothingAndItsIdIsFree() throws Exception {
    var store = new ModelVersionStore(new FolderStore(folder));
    Claim first = claim("first");
    store.put(first);
    store.write(first, ModelVersionStore.MODEL, new byte[] {1});
    Claim ended = first.ended(Claim.State.COMPLETED, NOON);
    store.put(ended);

    store.delete(first);
    assertThat(store.claim("r")).as("an outdated claim deletes nothing").contains(ended);
    store.delete(ended);
    store.delete(ended);

    assertThat(folder.resolve("r")).doesNotExist();
    assertThat(store.put(claim("again"))).isTrue();
  }

  @Test
  void theClaimFloorIsReadFromAFileAtTheRootOfTheStore() throws Exception {
    var files = new FolderStore(folder);
    var store = new ModelVersionStore(files);
    assertThat(store.claimFloor()).isZero();

    files.put(ModelVersionStore.CLAIM_FLOOR, " 41\n".getBytes(StandardCharsets.UTF_8));
    assertThat(store.claimFloor()).isEqualTo(41);

    files.put(ModelVersionStore.CLAIM_FLOOR, "high".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(store::claimFloor)
        .hasMessage("the model store: claim-floor: 'high' is not a number; give 0 to 999000000");
  }

  @Test
  void aStoreWithNoClaimOrALowerOneIsBehind() {
    var store = new ModelVersionStore(new FolderStore(folder));
    Claim claim = claim("one");
    assertThat(store.isBehind(claim)).isTrue();
    store.put(claim);
    assertThat(store.isBehind(claim)).isFalse();
    assertThat(store.isBehind(claim.above(4))).isTrue();
  }
}
