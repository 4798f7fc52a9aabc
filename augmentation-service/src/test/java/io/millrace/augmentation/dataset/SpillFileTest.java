package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillFileTest {
  /** The capacity of the spill file: 3 regions of 5 images of 200 bytes. */
  private static final int IMAGES = 15;

  @TempDir Path folder;
  private SpillFile spill;

  @BeforeEach
  void open() {
    spill = SpillFile.in(folder, 3_000, 1_023);
  }

  private static DecodedCache.Key key(long collection, int image) {
    return new DecodedCache.Key(collection, 0, image, 10, 20, 1, false);
  }

  private static byte[] image(long collection, int image) {
    byte[] data = new byte[200];
    Arrays.fill(data, (byte) (collection * 50 + image));
    return data;
  }

  /** Reads all images of a collection once, and counts those that are stored and correct. */
  private int epoch(long collection, int images) {
    int found = 0;
    for (int image = 0; image < images; image++) {
      byte[] data = spill.get(key(collection, image));
      if (data == null) {
        spill.put(key(collection, image), image(collection, image));
      } else {
        assertThat(data).isEqualTo(image(collection, image));
        found++;
      }
    }
    return found;
  }

  @Test
  void storedImagesAreFoundUpToTheCapacity() {
    epoch(1, 20);
    assertThat(epoch(1, 20)).isEqualTo(IMAGES);
    assertThat(epoch(1, 20)).isEqualTo(IMAGES);
  }

  @Test
  void aForgottenCollectionMakesRoom() {
    epoch(1, IMAGES);
    assertThat(epoch(2, IMAGES)).isZero();
    spill.forget(1);
    epoch(2, IMAGES);
    assertThat(epoch(2, IMAGES)).isEqualTo(IMAGES);
    assertThat(spill.get(key(1, 0))).isNull();
  }

  @Test
  void unusedImagesAreEvicted() {
    epoch(1, IMAGES);
    for (int i = 0; i < 4; i++) {
      epoch(2, IMAGES);
    }
    assertThat(epoch(2, IMAGES)).isEqualTo(IMAGES);
  }

  @Test
  void anImageLargerThanARegionIsNotStored() {
    spill.put(key(1, 0), new byte[2_000]);
    assertThat(spill.get(key(1, 0))).isNull();
  }

  @Test
  void manyThreadsCanStoreAndFindImages() {
    int found = IntStream.range(0, 4_000).parallel().map(i -> epoch(1 + i % 3, 5)).sum();
    assertThat(found).isPositive();
  }

  @Test
  void theSpillFileIsNotVisibleInItsFolder() throws IOException {
    epoch(1, IMAGES);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void openingInAMissingFolderFails() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> SpillFile.in(nowhere, 1)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aFullCacheSpillsToTheFile() {
    var cache = new DecodedCache(3 * 360, spill);
    long collection = cache.admit();
    for (int image = 0; image < 10; image++) {
      cache.put(key(collection, image), image(collection, image));
    }
    for (int image = 0; image < 10; image++) {
      assertThat(cache.get(key(collection, image))).isEqualTo(image(collection, image));
    }
    cache.forget(collection);
    assertThat(cache.get(key(collection, 9))).isNull();
  }
}
