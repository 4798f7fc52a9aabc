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
 * Asks a results service. May be shared by threads.
 *
 * <p>Every method fails with a {@link MillraceException} where the service refuses or does not
 * answer within a minute.
 */
public final class MillraceClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int LOSSES_OF_A_PAGE = 100_000;

  /** As many steps as fit a column of the service's own largest answer. */
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
   * A client of a service that asks nobody for a token. Nothing is asked of it yet.
   *
   * @param service such as {@code http://127.0.0.1:8080}
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
   * A client that shows a token.
   *
   * @param token of a reader, or to submit and cancel of a submitter
   * @return another client
   */
  public MillraceClient withToken(String token) {
    return new MillraceClient(http, address, token);
  }

  /**
   * Submits a training request.
   *
   * @param request one run
   * @return the ids of the runs, here one
   */
  public List<String> submit(TrainingRequest request) {
    return submit(Messages.writeRequest(request));
  }

  /**
   * Submits a training request, or a sweep, which is many runs.
   *
   * @param request its JSON
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
   * Cancels a run that waits or is trained.
   *
   * @param run its id
   */
  public void cancel(String run) {
    send(to("/runs/" + encoded(run)).DELETE());
  }

  /**
   * A run without its curves.
   *
   * @param run its id
   * @return what is known of it
   */
  public RunDetails run(String run) {
    return get("/runs/" + encoded(run), RunDetails.class);
  }

  /**
   * Waits until a run has ended, well or badly. It asks again and again, at first four times a
   * second and in the end every five seconds; what it is not answered in between does not matter.
   *
   * @param run its id
   * @param timeout how long to wait
   * @return the run that has ended; its {@code state} says how
   * @throws TimeoutException where it has not ended within this time
   * @throws InterruptedException where the thread is interrupted
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
        throw new TimeoutException("the run " + run + " has not ended within " + timeout);
      }
      Thread.sleep(Math.min(pause.toMillis(), left / 1_000_000 + 1));
      pause = pause.multipliedBy(3).dividedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
  }

  /** Null where the service is away, or asks to be left alone for a while. */
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
   * A run by epochs.
   *
   * @param run its id
   * @return columns of the epochs that are done
   */
  public History history(String run) {
    return get("/runs/" + encoded(run) + "/history", History.Rows.class).columns();
  }

  /**
   * A run by steps.
   *
   * @param run its id
   * @return columns of the steps that are known, at most the first 2,000,000
   */
  public Losses losses(String run) {
    var steps = new ArrayList<Losses.Step>();
    Long from = 0L;
    while (from != null && steps.size() < MAX_LOSSES) {
      Losses.Page page =
          get(
              "/runs/%s/losses?from=%d&limit=%d".formatted(encoded(run), from, LOSSES_OF_A_PAGE),
              Losses.Page.class);
      steps.addAll(page.steps());
      from = page.next();
    }
    return Losses.of(steps);
  }

  /**
   * An experiment, judged by the first metric of its request.
   *
   * @param experiment its name
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
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new MillraceException(0, null, address + " does not answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MillraceException(0, null, "interrupted while " + address + " was asked", e);
    }
    if (answer.statusCode() / 100 != 2) {
      throw refusal(answer);
    }
    return answer.body();
  }

  private record Problem(String detail, String field) {}

  /** A problem document (RFC 9457), or what something between here and the service says. */
  private static MillraceException refusal(HttpResponse<byte[]> answer) {
    try {
      Problem problem = Messages.read(answer.body(), Problem.class);
      if (problem != null && problem.detail() != null) {
        return new MillraceException(answer.statusCode(), problem.field(), problem.detail(), null);
      }
    } catch (InvalidMessageException e) {
      // Told below.
    }
    return new MillraceException(answer.statusCode(), null, "no reason is given", null);
  }

  private <T> T read(byte[] answer, Class<T> type) {
    try {
      return Messages.read(answer, type);
    } catch (InvalidMessageException e) {
      throw new MillraceException(
          0, null, address + " is no results service that this client knows: " + e.getMessage(), e);
    }
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
