package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.TestImages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewPlacesTest {
  private static final byte[] SHAPES =
      "{\"dataset\": {\"name\": \"shapes\"}, \"samples\": 1}".getBytes(StandardCharsets.UTF_8);

  private final CountDownLatch decoding = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private void hold(long nanos) {
    decoding.countDown();
    try {
      assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aPreviewIsRefusedUntilAPlaceIsFree(@TempDir Path root) throws Exception {
    TestImages.folder(root, "shapes", 5, 5);
    var limits = new DatasetLimits(1 << 20, 1_000_000, 1 << 20, 1 << 20);
    var catalog = new DatasetCatalog(List.of(root), limits, new DecodedCache(1 << 20), this::hold);
    var resource =
        new ContactSheetResource(
            new SheetMaker(catalog),
            new RunRequests("http://127.0.0.1:1", Optional.empty()),
            () -> 1);
    var first = CompletableFuture.supplyAsync(() -> resource.preview(SHAPES));
    assertThat(decoding.await(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> resource.preview(SHAPES))
        .isInstanceOfSatisfying(RefusalException.class, e -> assertThat(e.status()).isEqualTo(503));
    goOn.countDown();
    assertThat(first.get(30, TimeUnit.SECONDS).getStatus()).isEqualTo(200);
    assertThat(resource.preview(SHAPES).getStatus()).isEqualTo(200);
  }
}
