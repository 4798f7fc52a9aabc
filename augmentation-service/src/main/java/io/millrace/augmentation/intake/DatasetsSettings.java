package io.millrace.augmentation.intake;

import io.millrace.augmentation.dataset.BrokenImages;
import io.millrace.storage.S3Access;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The locations and limits of data sets. */
@ConfigMapping(prefix = "millrace.datasets")
interface DatasetsSettings {
  /**
   * The locations of data sets: folders or {@code s3://bucket/prefix}. If several have a data set
   * with the same name, the first one wins. Without roots, only the packaged samples are available.
   */
  Optional<List<String>> roots();

  /** Access to the S3 server, if a root is in a bucket. */
  S3 s3();

  /**
   * The size of the disk cache for bucket objects of all roots. The largest file with random access
   * (for example, a .npz file) can take seven eighths of it. The cache has at most 200,000 objects.
   */
  @WithDefault("4G")
  MemorySize objectCacheBytes();

  /**
   * The folder for the disk cache. Each augmentation service has its own folder in it, which it
   * empties when it starts and stops. The default is the system's folder for temporary files.
   */
  Optional<Path> objectCacheFolder();

  /**
   * The time after which a bucket is listed again to find changes, 1..86400; or twenty times the
   * duration of a listing, if that is longer.
   */
  @WithDefault("60")
  int listSeconds();

  /**
   * The maximum number of objects in a bucket root; a root with more is not read. Each object takes
   * about 150 bytes of memory.
   */
  @WithDefault("2000000")
  int maxObjects();

  /** The size of the memory cache for decoded images; at most half of the heap. */
  @WithDefault("384M")
  MemorySize cacheBytes();

  /**
   * The size of the file for decoded images that do not fit into memory; 0 for none. The file has
   * no name and disappears with the process.
   */
  @WithDefault("0")
  MemorySize spillBytes();

  /**
   * The folder of the file for decoded images. The default is the system's folder for temporary
   * files.
   */
  Optional<Path> spillFolder();

  /**
   * The maximum number of pixels of an image file before resampling, and of all images that are
   * decoded concurrently. Larger files are skipped.
   */
  @WithDefault("64000000")
  long maxImagePixels();

  /**
   * With {@code fail}, an image that turns out to be broken when it is decoded fails its task. With
   * {@code skip}, all images are decoded when their data set is opened, and broken ones are
   * skipped. Use the same value for all augmentation services.
   */
  @WithDefault("fail")
  BrokenImages onBrokenImage();

  /**
   * The maximum size of an uncompressed IDX file or an array of a .npz file. It stays in memory
   * while its data set is open; at most eight data sets are open at the same time.
   */
  @WithDefault("128M")
  MemorySize maxIdxBytes();

  /** The maximum size of a CSV file, uncompressed. */
  @WithDefault("64M")
  MemorySize maxCsvBytes();

  /** The S3 settings, with the same names as those of a trainer. */
  interface S3 {
    /**
     * The address of the S3 server, if a root is in a bucket. The default is Amazon S3 in the
     * region.
     */
    Optional<URI> endpoint();

    /** The region of the bucket; servers other than Amazon S3 accept any. */
    @WithDefault("us-east-1")
    String region();

    /**
     * Whether the bucket is in the path (all servers) or in the host name (Amazon's newer form).
     */
    @WithDefault("true")
    boolean pathStyle();

    /**
     * The access key. The default is the AWS SDK's chain: {@code AWS_ACCESS_KEY_ID}, a profile, a
     * role. It needs the permissions {@code s3:ListBucket} and {@code s3:GetObject}.
     */
    Optional<String> accessKey();

    /** The secret key for the access key. */
    Optional<String> secretKey();

    /** All settings as one object. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }
}
