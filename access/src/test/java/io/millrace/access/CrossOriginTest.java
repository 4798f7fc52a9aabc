package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Access for pages of every origin, and of none. {@code CorsTest} of the results service covers
 * single origins.
 */
class CrossOriginTest {
  private static Vertx vertx;
  private static HttpServer server;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    var everyOrigin = new CrossOrigin(() -> Optional.of(List.of("*")));
    var router = Router.router(vertx);
    router.route("/every").handler(context -> answer(everyOrigin, context));
    var noOrigin = new CrossOrigin(Optional::empty);
    router.route("/none").handler(context -> answer(noOrigin, context));
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
  }

  private static void answer(CrossOrigin origins, RoutingContext context) {
    origins.addHeaders(context);
    if (origins.isPreflight(context.request())) {
      origins.answerPreflight(context);
    } else {
      context.end();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static HttpResponse<Void> ask(String method, String path, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .headers("Origin", "https://anywhere.example")
            .version(HttpClient.Version.HTTP_1_1);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding());
  }

  @Test
  void everyOriginMayUseATokenButNotBrowserCredentials() throws Exception {
    HttpResponse<Void> answer = ask("GET", "/every", "Authorization", "Bearer ritas-token");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(answer.headers().firstValue("Vary")).isEmpty();

    HttpResponse<Void> preflight =
        ask("OPTIONS", "/every", "Access-Control-Request-Method", "POST");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
        .hasValueSatisfying(methods -> assertThat(methods).contains("POST"));
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
  }

  @Test
  void noOriginIsAllowedByDefault() throws Exception {
    HttpResponse<Void> answer = ask("GET", "/none", "Authorization", "Bearer ritas-token");
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");

    HttpResponse<Void> preflight = ask("OPTIONS", "/none", "Access-Control-Request-Method", "POST");
    assertThat(preflight.statusCode()).as("an ordinary answer").isEqualTo(200);
    assertThat(preflight.headers().map()).doesNotContainKey("access-control-allow-methods");
  }
}
