package io.millrace.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  /** The state that these tests store. */
  record Place(int epoch, double loss) {}

  /** An older state with a field that no longer exists. */
  record OldPlace(int epoch, List<Long> counts, double loss) {}

  @TempDir Path root;
  private Path folder;
  private CheckpointStore<Place> store;

  @BeforeEach
  void open() {
    folder = root.resolve("run/checkpoint");
    store = of("request-digest", Place.class);
  }

  private <S> CheckpointStore<S> of(String request, Class<S> type) {
    return new CheckpointStore<>(new FolderStore(root), "run/checkpoint", 2, request, type);
  }

  private void save(long step, int claim, String network) throws IOException {
    store.save(claim, step, new Place((int) step, 0.1), file -> Files.writeString(file, network));
  }

  private String restored() throws IOException {
    var network = new StringBuilder();
    store.restore(file -> network.append(Files.readString(file)));
    return network.toString();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theTwoNewestCheckpointsAreKeptAndTheNewestIsRestored() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    save(30, 2, "thirty");

    assertThat(names())
        .containsExactly("claim-000000001-step-000000000020", "claim-000000002-step-000000000030");
    assertThat(store.newestStep()).isEqualTo(30);
    assertThat(restored()).isEqualTo("thirty");
  }

  @Test
  void restoreFallsBackToThePreviousCheckpointIfTheNetworkIsDamaged() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    Files.writeString(folder.resolve("claim-000000001-step-000000000020/network.zip"), "twenti");

    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void restoreFallsBackIfTheStateIsDamagedOrTruncated() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    Path state = folder.resolve("claim-000000001-step-000000000020/state.json");
    String json = Files.readString(state);

    Files.writeString(state, json.replace("\"epoch\":20", "\"epoch\":21"));
    assertThat(restored()).isEqualTo("ten");
    Files.writeString(state, json.substring(0, json.length() / 2));
    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void aStateWithAFieldThatNoLongerExistsIsRestored() throws Exception {
    of("request-digest", OldPlace.class)
        .save(
            1,
            10,
            new OldPlace(10, List.of(3L, 1L << 40), 1e-17 / 3),
            file -> Files.writeString(file, "ten"));

    assertThat(store.restore(file -> {})).contains(new Place(10, 1e-17 / 3));
  }

  @Test
  void nothingIsRestoredIfNoCheckpointIsComplete() throws Exception {
    assertThat(restored()).isEmpty();
    save(10, 1, "ten");
    Files.delete(folder.resolve("claim-000000001-step-000000000010/network.zip"));

    assertThat(store.restore(file -> {})).isEmpty();
    assertThat(restored()).isEmpty();
  }

  @Test
  void checkpointsOfAnotherRequestAreNotRestored() throws Exception {
    save(10, 1, "ten");

    assertThat(of("another", Place.class).restore(file -> {})).isEmpty();
  }

  @Test
  void aFailedSaveKeepsTheOldCheckpointsAndLeavesNoDebris() throws Exception {
    save(10, 1, "ten");

    assertThatThrownBy(
            () ->
                store.save(
                    1,
                    20,
                    new Place(20, 0.1),
                    file -> {
                      Files.writeString(file, "half");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    assertThat(names()).containsExactly("claim-000000001-step-000000000010");
    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void clearRemovesAllCheckpoints() throws Exception {
    save(10, 1, "ten");

    store.clear();

    assertThat(folder).doesNotExist();
    assertThat(store.newestStep()).isZero();
  }

  @Test
  void aSaveUnderAnOutdatedClaimIsRefusedAndChangesNothing() throws Exception {
    save(10, 1, "ten");
    save(12, 2, "twelve");

    assertThatThrownBy(() -> save(30, 1, "thirty"))
        .isInstanceOf(CheckpointStore.OutdatedException.class)
        .hasMessage("claim 2 has taken over the run from claim 1");

    assertThat(restored()).isEqualTo("twelve");
    assertThat(names()).hasSize(2);
  }

  @Test
  void aCheckpointOfAnEarlierClaimIsOlderRegardlessOfItsStep() throws Exception {
    save(30, 1, "thirty");
    save(12, 2, "twelve");

    assertThat(restored()).isEqualTo("twelve");
  }

  @Test
  void anUnfinishedCheckpointIsIgnoredAndDeletedWithTheOldOnes() throws Exception {
    save(10, 1, "ten");
    Path half = Files.createDirectories(folder.resolve("claim-000000001-step-000000000015"));
    Files.writeString(half.resolve("network.zip"), "half");

    assertThat(restored()).isEqualTo("ten");
    save(20, 1, "twenty");
    save(30, 1, "thirty");
    assertThat(half).doesNotExist();
  }

  @Test
  void anEndedRunKeepsOnlyItsLastCheckpoint() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");

    store.keepNewest();

    assertThat(names()).containsExactly("claim-000000001-step-000000000020");
  }
}
