package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DecodedCacheTest {
  private static final int IMAGES = 100;

  /** A cache for {@link #IMAGES} images of 40 bytes; each takes 200 bytes with its entry. */
  private final DecodedCache cache = new DecodedCache(IMAGES * 200L);

  /** Reads the first images of a collection once each, and counts those that are cached. */
  private int epoch(long collection, int images) {
    int found = 0;
    for (int image = 0; image < images; image++) {
      var key = new DecodedCache.Key(collection, 0, image, 5, 8, 1, false);
      if (cache.get(key) == null) {
        cache.put(key, new byte[40]);
      } else {
        found++;
      }
    }
    return found;
  }

  @Test
  void unusedImagesAreEvictedWithinThreeCacheLengths() {
    epoch(cache.admit(), IMAGES);
    long next = cache.admit();
    for (int i = 0; i < 6; i++) {
      epoch(next, IMAGES / 2);
    }
    assertThat(epoch(next, IMAGES / 2)).isEqualTo(IMAGES / 2);
    assertThat(cache.bytes()).isEqualTo(IMAGES * 200L);
  }

  @Test
  void everyEpochAfterTheFirstHitsAllCachedImagesOfALargerCollection() {
    long collection = cache.admit();
    epoch(collection, 10 * IMAGES);
    assertThat(epoch(collection, 10 * IMAGES)).isEqualTo(IMAGES);
    assertThat(epoch(collection, 10 * IMAGES)).isEqualTo(IMAGES);
  }

  @Test
  void aForgottenCollectionIsRemovedAndNotCachedAgain() {
    long kept = cache.admit();
    long forgotten = cache.admit();
    epoch(kept, 10);
    epoch(forgotten, 10);
    cache.forget(forgotten);
    epoch(forgotten, 10);
    assertThat(cache.bytes()).isEqualTo(10 * 200L);
    assertThat(epoch(kept, 10)).isEqualTo(10);
  }
}
