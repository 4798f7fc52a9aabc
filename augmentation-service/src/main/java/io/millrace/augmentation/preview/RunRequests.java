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
 * Asks the results service what runs were trained on, for callers who were let in here. The token
 * goes nowhere else: no redirect is followed.
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

  /** What a preview takes from a run. */
  record Trained(DatasetSpec dataset, Augmentation augmentation, Long seed) {}

  /** What the results service tells of a run, the rest left out. */
  private record RunView(Trained request) {}

  RunRequests(
      @ConfigProperty(name = "millrace.results.url") String url,
      @ConfigProperty(name = "millrace.results.token") Optional<String> token) {
    this.url = url.replaceAll("/+$", "");
    this.token = token;
  }

  /**
   * What a run was trained on.
   *
   * @throws InvalidMessageException where the id is none or the run's request is not understood
   * @throws RefusalException where there is no such run, or the results service does not answer
   */
  Trained of(String run) {
    HttpResponse<byte[]> response = ask(Check.name("run", run));
    if (response.statusCode() == 404) {
      throw new RefusalException(404, "run", Check.quote(run) + " is not a run that is known");
    }
    if (response.statusCode() == 401 || response.statusCode() == 403) {
      throw away("refuses millrace.results.token");
    }
    if (response.statusCode() != 200) {
      throw away("answers with status " + response.statusCode());
    }
    RunView view;
    try {
      view = Messages.read(response.body(), RunView.class);
    } catch (InvalidMessageException e) {
      throw new InvalidMessageException("run", "has a request that is refused: " + e.getMessage());
    }
    if (view.request() == null || view.request().dataset() == null) {
      throw new InvalidMessageException("run", "has no request that is known");
    }
    return view.request();
  }

  private HttpResponse<byte[]> ask(String run) {
    var request = HttpRequest.newBuilder(URI.create(url + "/runs/" + run)).timeout(ANSWER);
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    CompletableFuture<HttpResponse<byte[]>> asked =
        http.sendAsync(request.build(), head -> new LimitedBody(Messages.MAX_BYTES));
    try {
      return asked.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw away("does not answer: " + e.getCause());
    } catch (TimeoutException e) {
      throw away("does not answer within " + ANSWER.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away("was not waited for");
    } finally {
      asked.cancel(true);
    }
  }

  /** Its address is the operator's: it goes to the log, not to the user. */
  private RefusalException away(String what) {
    LOG.warnf("The results service at %s %s", url, what);
    return new RefusalException(502, "run", "the results service does not tell; try again later");
  }
}
