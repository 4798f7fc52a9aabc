package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredWeightsTest {
  @TempDir Path folder;

  private final StoreQueue queue = new StoreQueue("run");
  private volatile boolean isLost;

  private BestWeights stored() throws IOException {
    return new StoredWeights(
        new FolderStore(folder),
        "run/best",
        () -> {
          if (isLost) {
            throw new RunStopped(RunStopped.Reason.LOST);
          }
        },
        queue);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void aTrainerThatHasLostTheRunChangesNothing() throws IOException {
    BestWeights best = stored();
    best.keep("callback-0-epoch-00001", file -> Files.writeString(file, "good"));
    queue.await();
    isLost = true;

    best.keep("callback-0-epoch-00001", file -> Files.writeString(file, "late"));

    assertThatThrownBy(queue::await).isInstanceOf(RunStopped.class);
    assertThatThrownBy(queue::checkOurs).isInstanceOf(RunStopped.class);
    assertThatThrownBy(best::clear).isInstanceOf(RunStopped.class);
    assertThat(folder.resolve("run/best/callback-0-epoch-00001/network.zip")).hasContent("good");
  }

  @Test
  void theThreeNewestWeightsOfEachCallbackAreKept() throws IOException {
    BestWeights best = stored();
    best.keep("callback-1-epoch-00000", file -> Files.writeString(file, "other"));
    for (int epoch = 8; epoch < 12; epoch++) {
      String weights = "weights of " + epoch;
      best.keep("callback-0-epoch-%05d".formatted(epoch), file -> Files.writeString(file, weights));
    }

    assertThat(best.has("callback-1-epoch-00000")).isTrue();
    assertThat(best.has("callback-0-epoch-00008")).isFalse();
    var read = new ArrayList<String>();
    best.restore("callback-0-epoch-00009", file -> read.add(Files.readString(file)));
    best.restore("callback-0-epoch-00011", file -> read.add(Files.readString(file)));
    assertThat(read).isEqualTo(List.of("weights of 9", "weights of 11"));
  }

  @Test
  void anEpochThatIsTrainedAgainReplacesItsWeights() throws IOException {
    BestWeights best = stored();
    best.keep("callback-0-epoch-00001", file -> Files.writeString(file, "first"));
    best.keep("callback-0-epoch-00001", file -> Files.writeString(file, "second"));

    var read = new ArrayList<String>();
    best.restore("callback-0-epoch-00001", file -> read.add(Files.readString(file)));
    assertThat(read).containsExactly("second");
    best.clear();
    assertThat(best.has("callback-0-epoch-00001")).isFalse();
  }

  @Test
  void weightsOfARestartedRunAreKeptBesideOlderWeightsOfLaterEpochs() throws IOException {
    BestWeights best = stored();
    for (int epoch = 7; epoch < 10; epoch++) {
      best.keep("callback-0-epoch-%05d".formatted(epoch), file -> Files.writeString(file, "old"));
    }

    best.keep("callback-0-epoch-00000", file -> Files.writeString(file, "new"));

    assertThat(best.has("callback-0-epoch-00000")).isTrue();
  }

  @Test
  void damagedWeightsCountAsMissing() throws IOException {
    BestWeights best = stored();
    best.keep("callback-0-epoch-00001", file -> Files.writeString(file, "good"));
    queue.await();
    Files.writeString(folder.resolve("run/best/callback-0-epoch-00001/network.zip"), "bad");

    assertThat(best.has("callback-0-epoch-00001")).isFalse();
    assertThat(best.has("callback-0-epoch-00002")).isFalse();
    assertThatThrownBy(() -> best.restore("callback-0-epoch-00001", file -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("callback-0-epoch-00001 is missing or damaged");
  }
}
