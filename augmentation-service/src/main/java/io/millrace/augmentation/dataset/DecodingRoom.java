package io.millrace.augmentation.dataset;

import java.util.concurrent.Semaphore;

/**
 * Limits the pixels that are decoded concurrently: an image takes several times its memory until it
 * is resized. Threads enter in the order in which they arrive.
 */
final class DecodingRoom {
  private static final long PIXELS_A_PERMIT = 1_000;

  private final int permits;
  private final Semaphore free;

  /** Creates a limit for this many pixels, rounded up to thousands. */
  DecodingRoom(long pixels) {
    permits = permits(pixels);
    free = new Semaphore(permits, true);
  }

  /** The room that an image occupies until this is closed. */
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for room for an image; a larger image takes all of it. */
  Place take(long pixels) {
    int taken = Math.min(permits, permits(pixels));
    free.acquireUninterruptibly(taken);
    return () -> free.release(taken);
  }

  private static int permits(long pixels) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, -Math.floorDiv(-pixels, PIXELS_A_PERMIT)));
  }
}
