package io.millrace.results.model;

import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** Where the trainers' model store is. */
@ConfigMapping(prefix = "millrace.results")
public interface ModelSettings {

  /**
   * The trainers' model store, for downloads: a folder, or {@code s3://bucket/prefix}; by default
   * none.
   */
  Optional<String> models();

  /** How an S3 server is reached. */
  S3 s3();

  /** The settings of a trainer, by the same names. */
  interface S3 {
    /** The S3 server, where the store is in a bucket: by default Amazon's of the region. */
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

    /** By default the AWS SDK's chain: {@code AWS_ACCESS_KEY_ID}, a profile, a role. */
    Optional<String> accessKey();

    /** The secret that belongs to the access key. */
    Optional<String> secretKey();

    /** The same in one. */
    default S3Access access() {
      return new S3Access(endpoint(), region(), pathStyle(), accessKey(), secretKey());
    }
  }

  /** Makes the store. */
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
