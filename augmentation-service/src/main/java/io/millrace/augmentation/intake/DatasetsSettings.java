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

/** Where data sets lie, and what they may take at most. */
@ConfigMapping(prefix = "millrace.datasets")
interface DatasetsSettings {
  /**
   * Where data sets lie, folders or {@code s3://bucket/prefix}; the first that has a name wins.
   * None for the samples alone.
   */
  Optional<List<String>> roots();

  /** How an S3 server is reached, where a root is in a bucket. */
  S3 s3();

  /**
   * Objects of buckets kept on disk, of all roots together; the largest file that is read at random
   * (a .npz file, for one) takes seven eighths. At most 200,000 objects are kept.
   */
  @WithDefault("4G")
  MemorySize objectCacheBytes();

  /**
   * Where they are kept: in a folder of each augmenter's own, emptied when it starts and stops; the
   * system's folder for temporary files where absent.
   */
  Optional<Path> objectCacheFolder();

  /**
   * The time after which a bucket is listed again, for what has changed, 1..86400; or twenty times
   * as long as that takes, if it is more.
   */
  @WithDefault("60")
  int listSeconds();

  /**
   * Objects of one root in a bucket; one that holds more is not read. Each takes about 150 bytes of
   * memory.
   */
  @WithDefault("2000000")
  int maxObjects();

  /** Decoded images kept in memory; at most half of the heap. */
  @WithDefault("384M")
  MemorySize cacheBytes();

  /**
   * Decoded images that find no room in memory, in a file without a name, which is gone with the
   * process; 0 for none.
   */
  @WithDefault("0")
  MemorySize spillBytes();

  /** Where that file lies; the system's folder for temporary files where absent. */
  Optional<Path> spillFolder();

  /**
   * Of one image file, before it is resampled, and of all that are decoded at a time; larger files
   * are left out.
   */
  @WithDefault("64000000")
  long maxImagePixels();

  /**
   * An image that proves broken only when it is decoded fails its task; with {@code skip} all are
   * decoded when their data set is opened, and broken ones left out. The same at all augmenters.
   */
  @WithDefault("fail")
  BrokenImages onBrokenImage();

  /**
   * One IDX file, unpacked, or array of a .npz file. It stays in memory while its data set is in
   * use, which eight at most are.
   */
  @WithDefault("128M")
  MemorySize maxIdxBytes();

  /** One CSV file. */
  @WithDefault("64M")
  MemorySize maxCsvBytes();

  /** The settings of a trainer, by the same names. */
  interface S3 {
    /** The S3 server, where a root is in a bucket: by default Amazon's of the region. */
    Optional<URI> endpoint();

    /** The region of the bucket; other servers than Amazon's take any. */
    @WithDefault("us-east-1")
    String region();

    /**
     * Whether the bucket stands in the path (any server) or in the host's name (Amazon's newer
     * form).
     */
    @WithDefault("true")
    boolean pathStyle();

    /**
     * By default the AWS SDK's chain: {@code AWS_ACCESS_KEY_ID}, a profile, a role. It needs {@code
     * s3:ListBucket} and {@code s3:GetObject}.
     */
    Optional<String> accessKey();

    /** The secret that belongs to the access key. */
    Optional<String> secretKey();

    /** The same in one. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }
}
