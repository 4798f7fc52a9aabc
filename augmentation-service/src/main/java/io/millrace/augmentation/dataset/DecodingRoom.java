package io.millrace.augmentation.dataset;

import java.util.concurrent.Semaphore;

/**
 * Room for the images that are decoded at the same time, by their pixels: one is in memory several
 * times over until it has its size. Many threads share it and are let in as they came.
 */
final class DecodingRoom {
  private static final long PIXELS_A_PERMIT = 1_000;

  private final int permits;
  private final Semaphore free;

  /** A room for so many pixels, to the next thousand. */
  DecodingRoom(long pixels) {
    permits = permits(pixels);
    free = new Semaphore(permits, true);
  }

  /** The room that an image takes until this is closed. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for room for an image; one that is larger than the room takes all of it. */
  Place take(long pixels) {
    int taken = Math.min(permits, permits(pixels));
    free.acquireUninterruptibly(taken);
    return () -> free.release(taken);
  }

  private static int permits(long pixels) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, -Math.floorDiv(-pixels, PIXELS_A_PERMIT)));
  }
}
