package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreQueueTest {
  @TempDir private Path folder;

  private Path file(String name) throws IOException {
    return Files.writeString(folder.resolve(name), name);
  }

  @Test
  void filesAreStoredInOrderWhileTheRunContinues() throws IOException {
    List<String> stored = Collections.synchronizedList(new ArrayList<>());
    var letGo = new CountDownLatch(1);
    try (var queue = new StoreQueue("run")) {
      Path first = file("first");
      Path second = file("second");
      queue.add(
          first,
          () -> {
            waitFor(letGo);
            stored.add(Files.readString(first));
          });
      queue.add(second, () -> stored.add(Files.readString(second)));
      assertThat(stored).isEmpty();

      letGo.countDown();
      queue.await();

      assertThat(stored).containsExactly("first", "second");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void filesAfterAFailureAreDroppedAndTheFailureIsReported() throws IOException {
    List<String> stored = Collections.synchronizedList(new ArrayList<>());
    var failing = new CountDownLatch(1);
    try (var queue = new StoreQueue("run")) {
      queue.add(
          file("first"),
          () -> {
            waitFor(failing);
            throw new IOException("no space left");
          });
      queue.add(file("second"), () -> stored.add("second"));
      failing.countDown();

      assertThatThrownBy(queue::await).hasMessage("no space left");
      assertThatThrownBy(() -> queue.add(file("third"), () -> stored.add("third")))
          .hasMessage("no space left");
      queue.checkOurs();
      assertThat(stored).isEmpty();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aRunThatBelongsToAnotherTrainerStops() throws IOException {
    try (var queue = new StoreQueue("run")) {
      queue.add(
          file("first"),
          () -> {
            throw new RunStopped(RunStopped.Reason.LOST);
          });
      queue.settle();

      assertThatThrownBy(queue::checkOurs).isInstanceOf(RunStopped.class);
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
