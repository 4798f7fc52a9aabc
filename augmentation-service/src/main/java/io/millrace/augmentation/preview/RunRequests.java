package io.millrace.augmentation.preview;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Gets the requests of runs from the results service, for authorized callers of this service.
 * Redirects are not followed, so that the token is not sent anywhere else.
 */
@Singleton
class RunRequests {
  private static final Logger LOG = Logger.getLogger(RunRequests.class);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final String url;
  private final Optional<String> token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** The fields of a run's request that a preview needs. */
  record Trained(DatasetSpec dataset, Augmentation augmentation, Long seed) {}

  /** The results service's response for a run, reduced to the request. */
  private record RunView(Trained request) {}

  RunRequests(
      @ConfigProperty(name = "millrace.results.url") String url,
      @ConfigProperty(name = "millrace.results.token") Optional<String> token) {
    this.url = url.replaceAll("/+$", "");
    this.token = token;
  }

  /**
   * Gets the data set, augmentation and seed of a run.
   *
   * @throws InvalidMessageException if the id is invalid or the run's request cannot be read
   * @throws RefusalException if the run does not exist, or the results service is unavailable
   */
  Trained of(String run) {
    HttpResponse<byte[]> response = ask(Check.name("run", run));
    if (response.statusCode() == 404) {
      throw new RefusalException(404, "run", Check.quote(run) + " is not a known run");
    }
    if (response.statusCode() == 401 || response.statusCode() == 403) {
      throw unavailable("refuses millrace.results.token");
    }
    if (response.statusCode() != 200) {
      throw unavailable("responds with status " + response.statusCode());
    }
    RunView view;
    try {
      view = Messages.read(response.body(), RunView.class);
    } catch (InvalidMessageException e) {
      throw new InvalidMessageException("run", "has an invalid request: " + e.getMessage());
    }
    if (view.request() == null || view.request().dataset() == null) {
      throw new InvalidMessageException("run", "has no known request");
    }
    return view.request();
  }

  private HttpResponse<byte[]> ask(String run) {
    var request = HttpRequest.newBuilder(URI.create(url + "/runs/" + run)).timeout(ANSWER);
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(request.build(), head -> new LimitedBody(Messages.MAX_BYTES));
    try {
      return response.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unavailable("does not respond: " + e.getCause());
    } catch (TimeoutException e) {
      throw unavailable("does not respond within " + ANSWER.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was interrupted by a shutdown");
    } finally {
      response.cancel(true);
    }
  }

  /**
   * Creates the error for an unavailable results service. Its address goes to the log but not to
   * the user.
   */
  private RefusalException unavailable(String what) {
    LOG.warnf("The results service at %s %s", url, what);
    return new RefusalException(502, "run", "the results service is unavailable; try again later");
  }
}
