package io.millrace.augmentation.intake;

import io.millrace.augmentation.bucket.BucketFiles;
import io.millrace.augmentation.bucket.ObjectCache;
import io.millrace.storage.StoreAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The data set roots: folders, and buckets with a common cache.
 *
 * @param paths in the order of the setting
 * @param buckets the roots in buckets
 * @param cache null if there are no buckets
 */
record DatasetRoots(List<Path> paths, List<BucketFiles> buckets, ObjectCache cache)
    implements AutoCloseable {

  /** Opens the configured roots without contacting an S3 server. */
  static DatasetRoots of(DatasetsSettings datasets) {
    var paths = new ArrayList<Path>();
    var buckets = new ArrayList<BucketFiles>();
    ObjectCache cache = null;
    for (String root : datasets.roots().orElse(List.of())) {
      StoreAddress address = StoreAddress.parse("millrace.datasets.roots", root);
      if (address instanceof StoreAddress.Folder folder) {
        paths.add(folder.path());
        continue;
      }
      if (cache == null) {
        cache = cache(datasets);
      }
      BucketFiles bucket =
          BucketFiles.open(
              datasets.s3().access(),
              (StoreAddress.Bucket) address,
              cache,
              new BucketFiles.Bounds(
                  Duration.ofSeconds(datasets.listSeconds()), datasets.maxObjects()));
      buckets.add(bucket);
      paths.add(bucket.root());
    }
    return new DatasetRoots(List.copyOf(paths), List.copyOf(buckets), cache);
  }

  private static ObjectCache cache(DatasetsSettings datasets) {
    return ObjectCache.in(
        datasets.objectCacheFolder().orElse(Path.of(System.getProperty("java.io.tmpdir"))),
        datasets.objectCacheBytes().asLongValue());
  }

  @Override
  public void close() {
    buckets.forEach(BucketFiles::close);
    if (cache != null) {
      cache.close();
    }
  }
}
