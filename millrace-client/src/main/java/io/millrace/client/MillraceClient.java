package io.millrace.client;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * A client of the results service. It is safe for use by several threads.
 *
 * <p>Every method throws a {@link MillraceException} if the service rejects the request or does not
 * answer within a minute.
 */
public final class MillraceClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int LOSSES_PER_PAGE = 100_000;

  /** The limit of the service's own largest response. */
  private static final int MAX_LOSSES = 2_000_000;

  private final HttpClient http;
  private final String address;
  private final String token;

  private MillraceClient(HttpClient http, String address, String token) {
    this.http = http;
    this.address = address;
    this.token = token;
  }

  /**
   * Creates a client without a token. It sends no request yet.
   *
   * @param service address of the service, such as {@code http://127.0.0.1:8080}
   * @return a client without a token
   */
  public static MillraceClient connect(URI service) {
    return new MillraceClient(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build(),
        service.toString().replaceAll("/+$", ""),
        null);
  }

  /**
   * Creates a client that sends a token.
   *
   * @param token an API token with the role reader, or submitter to submit and cancel
   * @return a new client
   */
  public MillraceClient withToken(String token) {
    return new MillraceClient(http, address, token);
  }

  /**
   * Submits a training request.
   *
   * @param request a request for one run
   * @return the id of the run, as a list of one
   */
  public List<String> submit(TrainingRequest request) {
    return submit(Messages.writeRequest(request));
  }

  /**
   * Submits a training request or a sweep, which has many runs.
   *
   * @param request the request as JSON
   * @return the ids of the runs
   */
  public List<String> submit(String request) {
    return submit(request.getBytes(StandardCharsets.UTF_8));
  }

  private record Submission(List<String> runs) {}

  private List<String> submit(byte[] request) {
    HttpRequest.Builder post =
        to("/runs")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(request));
    return read(send(post), Submission.class).runs();
  }

  /**
   * Cancels a run that is queued or running.
   *
   * @param run id of the run
   */
  public void cancel(String run) {
    send(to("/runs/" + encoded(run)).DELETE());
  }

  /**
   * Returns the details of a run, without its curves.
   *
   * @param run id of the run
   * @return the details
   */
  public RunDetails run(String run) {
    return get("/runs/" + encoded(run), RunDetails.class);
  }

  /**
   * Waits until a run has ended, in whatever state. It polls at first every 250 ms and later every
   * 5 s. If the service is unavailable in between, it keeps polling.
   *
   * @param run id of the run
   * @param timeout longest time to wait
   * @return the run after its end; {@code state} says how it ended
   * @throws TimeoutException if the run has not ended within the timeout
   * @throws InterruptedException if the thread is interrupted
   */
  public RunDetails await(String run, Duration timeout)
      throws TimeoutException, InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      RunDetails found = attempt(run);
      if (found != null && found.hasEnded()) {
        return found;
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException("run " + run + " has not ended within " + timeout);
      }
      Thread.sleep(Math.min(pause.toMillis(), left / 1_000_000 + 1));
      pause = pause.multipliedBy(3).dividedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
  }

  /** Returns null if the service is unavailable or limits the rate of requests. */
  private RunDetails attempt(String run) throws InterruptedException {
    try {
      return run(run);
    } catch (MillraceException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException(e.getMessage());
      }
      if (e.status() == 0 || e.status() == 429 || e.status() == 503) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Returns the metrics of a run by epoch.
   *
   * @param run id of the run
   * @return the completed epochs in columns
   */
  public History history(String run) {
    return get("/runs/" + encoded(run) + "/history", History.Rows.class).columns();
  }

  /**
   * Returns the losses of a run by step.
   *
   * @param run id of the run
   * @return the steps so far in columns, at most the first 2,000,000
   */
  public Losses losses(String run) {
    var steps = new ArrayList<Losses.Step>();
    Long from = 0L;
    while (from != null && steps.size() < MAX_LOSSES) {
      Losses.Page page =
          get(
              "/runs/%s/losses?from=%d&limit=%d".formatted(encoded(run), from, LOSSES_PER_PAGE),
              Losses.Page.class);
      steps.addAll(page.steps());
      from = page.next();
    }
    return Losses.of(steps);
  }

  /**
   * Returns an experiment, judged by the first metric of its request.
   *
   * @param experiment name of the experiment
   * @return its answer and its variants
   */
  public Experiment experiment(String experiment) {
    return get("/experiments/" + encoded(experiment), Experiment.class);
  }

  private <T> T get(String path, Class<T> type) {
    return read(send(to(path).GET()), type);
  }

  private HttpRequest.Builder to(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .timeout(ANSWER)
            .header("Accept", "application/json");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private byte[] send(HttpRequest.Builder request) {
    HttpResponse<byte[]> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new MillraceException(0, null, address + " does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MillraceException(0, null, "interrupted during a request to " + address, e);
    }
    if (response.statusCode() / 100 != 2) {
      throw refusal(response);
    }
    return response.body();
  }

  private record Problem(String detail, String field) {}

  /** Reads a problem document (RFC 9457). A proxy may respond with something else. */
  private static MillraceException refusal(HttpResponse<byte[]> response) {
    try {
      Problem problem = Messages.read(response.body(), Problem.class);
      if (problem != null && problem.detail() != null) {
        return new MillraceException(
            response.statusCode(), problem.field(), problem.detail(), null);
      }
    } catch (InvalidMessageException e) {
      // The exception below has the status.
    }
    return new MillraceException(response.statusCode(), null, "the response gives no reason", null);
  }

  private <T> T read(byte[] body, Class<T> type) {
    try {
      return Messages.read(body, type);
    } catch (InvalidMessageException e) {
      throw new MillraceException(
          0, null, address + " sent a response that this client cannot read: " + e.getMessage(), e);
    }
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
