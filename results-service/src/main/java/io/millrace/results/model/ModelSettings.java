package io.millrace.results.model;

import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** The location of the trainers' model store. */
@ConfigMapping(prefix = "millrace.results")
public interface ModelSettings {

  /**
   * The trainers' model store, for downloads: a folder, or {@code s3://bucket/prefix}. Not set by
   * default.
   */
  Optional<String> models();

  /** The connection to an S3 server. */
  S3 s3();

  /** The same settings as a trainer's, with the same names. */
  interface S3 {
    /** The S3 server, if the store is in a bucket. The default is Amazon's in the region. */
    Optional<URI> endpoint();

    /** The region of the bucket. Servers other than Amazon's accept any. */
    @WithDefault("us-east-1")
    String region();

    /** Whether the bucket is in the path (any server) or in the host name (Amazon's newer form). */
    @WithDefault("true")
    boolean pathStyle();

    /**
     * The access key. The default is the AWS SDK's chain: {@code AWS_ACCESS_KEY_ID}, a profile, a
     * role.
     */
    Optional<String> accessKey();

    /** The secret that belongs to the access key. */
    Optional<String> secretKey();

    /** The settings as one record. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }

  /** Produces the configured store. */
  @Singleton
  final class Source {
    @Produces
    @Singleton
    Optional<ModelStore> store(ModelSettings settings) {
      return settings
          .models()
          .map(
              address ->
                  at(
                      StoreAddress.parse("millrace.results.models", address),
                      settings.s3().access()));
    }

    private static ModelStore at(StoreAddress address, S3Access access) {
      if (address instanceof StoreAddress.Bucket bucket) {
        return BucketModels.in(bucket, access);
      }
      return new FolderModels(((StoreAddress.Folder) address).path());
    }
  }
}
