package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecodingRoomTest {
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final AtomicInteger decoding = new AtomicInteger();

  /** Two classes of two images of 100 × 100 pixels; a test controls how long decoding takes. */
  private final class SlowImages implements ImageCollection, ImageCollection.ImageClass {
    @Override
    public List<String> classes() {
      return List.of("one", "two");
    }

    @Override
    public ImageClass open(int index) {
      return this;
    }

    @Override
    public int size() {
      return 2;
    }

    @Override
    public int skipped() {
      return 0;
    }

    @Override
    public ImageHeader header(int image) {
      return new ImageHeader(100, 100, 1);
    }

    @Override
    public Pixels read(int image) {
      decoding.incrementAndGet();
      awaitEnd();
      return new Pixels(new byte[10_000], 100, 100, 1);
    }

    @Override
    public String name(int image) {
      return "image " + image;
    }
  }

  private void awaitEnd() {
    try {
      mayEnd.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Thread inBackground(Runnable what) {
    var thread = new Thread(what);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  @AfterEach
  void letAllEnd() throws InterruptedException {
    mayEnd.countDown();
    for (Thread thread : threads) {
      thread.join(5_000);
    }
  }

  private static void awaitWaiting(Thread thread) {
    await().until(() -> thread.getState() == Thread.State.WAITING);
  }

  private ImageDataset dataset(DecodingRoom room) throws Exception {
    var spec = new DatasetSpec.Images("slow", null, null, null, 0.5, null, null);
    return ImageDataset.of(
        new OpenCollection(1, null, new SlowImages()),
        spec,
        new Decoding(new DecodedCache(0), room, nanos -> {}));
  }

  @Test
  void imagesTooLargeTogetherAreDecodedOneAfterTheOther() throws Exception {
    ImageDataset dataset = dataset(new DecodingRoom(19_000));
    for (int i = 0; i < 2; i++) {
      awaitWaiting(inBackground(() -> dataset.pixels(Part.TRAIN, 0)));
    }
    assertThat(decoding).hasValue(1);
    letAllEnd();
    assertThat(decoding).hasValue(2);
  }

  @Test
  void imagesThatFitAreDecodedAtTheSameTime() throws Exception {
    ImageDataset dataset = dataset(new DecodingRoom(20_000));
    for (int i = 0; i < 2; i++) {
      awaitWaiting(inBackground(() -> dataset.pixels(Part.TRAIN, 0)));
    }
    assertThat(decoding).hasValue(2);
  }

  @Test
  void aWaitingLargeImageIsNotOvertakenByASmallOne() {
    var room = new DecodingRoom(10_000);
    var order = new ArrayList<String>();
    DecodingRoom.Place first = room.take(1);
    for (long pixels : new long[] {10_000, 2_000}) {
      awaitWaiting(
          inBackground(
              () -> {
                try (var place = room.take(pixels)) {
                  order.add(pixels + " pixels");
                }
              }));
    }
    first.close();
    await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    assertThat(order).containsExactly("10000 pixels", "2000 pixels");
  }

  @Test
  void anImageLargerThanTheRoomIsAdmittedAlone() {
    var room = new DecodingRoom(5_000);
    room.take(Long.MAX_VALUE).close();
    DecodingRoom.Place all = room.take(5_001);
    Thread next = inBackground(() -> room.take(1).close());
    awaitWaiting(next);
    all.close();
    await().until(() -> !next.isAlive());
  }
}
