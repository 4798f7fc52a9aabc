package io.millrace.results.model;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where the trainers' model store is; {@code application.properties} says what each is for. */
@ConfigMapping(prefix = "millrace.results")
public interface ModelSettings {

  /** The folder, or {@code s3://bucket/prefix}; by default none, and nothing is downloaded. */
  Optional<String> models();

  /** How an S3 server is reached. */
  S3 s3();

  /** The settings of a trainer, by the same names. */
  interface S3 {
    /** Its address; empty for Amazon's of the region. */
    Optional<URI> endpoint();

    /** Of the bucket; other servers take any. */
    @WithDefault("us-east-1")
    String region();

    /** Whether the bucket stands in the path and not in the host's name. */
    @WithDefault("true")
    boolean pathStyle();

    /** Empty for the AWS SDK's own chain: environment, profile, role. */
    Optional<String> accessKey();

    /** That belongs to it. */
    Optional<String> secretKey();
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
                  address.startsWith("s3:")
                      ? BucketModels.at("millrace.results.models", address, settings.s3())
                      : new FolderModels(Path.of(address)));
    }
  }
}
