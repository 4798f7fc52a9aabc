package io.millrace.storage;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Creates clients of S3 servers, Amazon's and compatible ones. */
public final class S3Clients {
  private S3Clients() {}

  /**
   * The timeouts of a client.
   *
   * @param silence timeout for a connection and for the next byte
   * @param call timeout of a call including its retries
   * @param attempts the most attempts of a call, with increasing pauses; 0 for the SDK's default,
   *     which gives up sooner when many calls fail
   */
  public record Patience(Duration silence, Duration call, int attempts) {
    public Patience(Duration silence, Duration call) {
      this(silence, call, 0);
    }
  }

  /** Creates a client without contacting the server. The caller closes it. */
  public static S3Client open(S3Access access, Patience patience) {
    var builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .socketTimeout(patience.silence())
                    .connectionTimeout(patience.silence()))
            .overrideConfiguration(settings -> configure(settings, patience))
            .region(Region.of(access.region()))
            .forcePathStyle(access.pathStyle())
            // Not all compatible servers support checksums in trailers, and a part of a file has
            // none.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    access.endpoint().ifPresent(builder::endpointOverride);
    builder.credentialsProvider(
        access.accessKey().isPresent()
            ? StaticCredentialsProvider.create(
                AwsBasicCredentials.create(access.accessKey().get(), access.secretKey().orElse("")))
            : DefaultCredentialsProvider.builder().build());
    return builder.build();
  }

  private static void configure(ClientOverrideConfiguration.Builder settings, Patience patience) {
    settings.apiCallTimeout(patience.call());
    if (patience.attempts() > 0) {
      settings.retryStrategy(
          AwsRetryStrategy.standardRetryStrategy().toBuilder()
              .maxAttempts(patience.attempts())
              .circuitBreakerEnabled(false)
              .build());
    }
  }
}
