package io.millrace.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  /** A state. */
  record Place(int epoch, double loss) {}

  /** A state of before, that has since lost a field. */
  record OldPlace(int epoch, List<Long> counts, double loss) {}

  @TempDir Path root;
  private Path folder;
  private CheckpointStore<Place> store;

  @BeforeEach
  void open() {
    folder = root.resolve("checkpoint");
    store = new CheckpointStore<>(folder, "request-digest", Place.class);
  }

  private void save(long step, int delivery, String network) throws IOException {
    store.save(
        step, delivery, new Place((int) step, 0.1), file -> Files.writeString(file, network));
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
  void theNewestTwoAreKeptAndTheNewestIsRestored() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    save(30, 2, "thirty");

    assertThat(names())
        .containsExactly("step-000000000020-delivery-1", "step-000000000030-delivery-2");
    assertThat(store.latest()).contains(new Place(30, 0.1));
    assertThat(restored()).isEqualTo("thirty");
  }

  @Test
  void aDamagedNetworkGivesWayToTheOneBefore() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    Files.writeString(folder.resolve("step-000000000020-delivery-1/network.zip"), "twenti");

    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void aDamagedOrTruncatedStateGivesWayToo() throws Exception {
    save(10, 1, "ten");
    save(20, 1, "twenty");
    Path state = folder.resolve("step-000000000020-delivery-1/state.json");
    String sheet = Files.readString(state);

    Files.writeString(state, sheet.replace("\"epoch\":20", "\"epoch\":21"));
    assertThat(restored()).isEqualTo("ten");
    Files.writeString(state, sheet.substring(0, sheet.length() / 2));
    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void aStateWithAFieldThatIsKnownNoLongerIsRestored() throws Exception {
    var before = new CheckpointStore<>(folder, "request-digest", OldPlace.class);
    before.save(
        10,
        1,
        new OldPlace(10, List.of(3L, 1L << 40), 1e-17 / 3),
        file -> Files.writeString(file, "ten"));

    assertThat(store.latest()).contains(new Place(10, 1e-17 / 3));
  }

  @Test
  void whereNothingIsWholeTheRunStartsAnew() throws Exception {
    assertThat(restored()).isEmpty();
    save(10, 1, "ten");
    Files.delete(folder.resolve("step-000000000010-delivery-1/network.zip"));

    assertThat(store.latest()).isEmpty();
    assertThat(restored()).isEmpty();
  }

  @Test
  void anotherRequestsCheckpointsAreNotUsed() throws Exception {
    save(10, 1, "ten");

    assertThat(new CheckpointStore<>(folder, "another", Place.class).latest()).isEmpty();
  }

  @Test
  void aSaveThatFailsLeavesTheOldOnesAndNoDebris() throws Exception {
    save(10, 1, "ten");

    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                store.save(
                    20,
                    1,
                    new Place(20, 0.1),
                    file -> {
                      Files.writeString(file, "half");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    assertThat(names()).containsExactly("step-000000000010-delivery-1");
    assertThat(restored()).isEqualTo("ten");
  }

  @Test
  void clearedThereIsNothingLeft() throws Exception {
    save(10, 1, "ten");

    store.clear();

    assertThat(folder).doesNotExist();
    assertThat(store.latest()).isEmpty();
  }
}
