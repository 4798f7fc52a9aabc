package io.millrace.results.web;

import io.millrace.access.LoginPage;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Redirects browsers without a valid token to the login page, and from there back to the page that
 * they requested: a path of this service, whatever host the request names.
 */
@ApplicationScoped
public class UiLogin implements LoginPage {
  private static final String PAGE = "/ui/login";

  @Override
  public Optional<String> address(RoutingContext request) {
    String path = request.normalizedPath();
    if (!isPage(path, request.request().getHeader(HttpHeaders.ACCEPT))) {
      return Optional.empty();
    }
    if (path.equals("/") || path.equals("/ui/")) {
      return Optional.of(PAGE);
    }
    String query = request.request().query();
    String from = query == null ? path : path + "?" + query;
    return Optional.of(PAGE + "?from=" + URLEncoder.encode(from, StandardCharsets.UTF_8));
  }

  private static boolean isPage(String path, String accepted) {
    return (path.equals("/") || path.startsWith("/ui"))
        && accepted != null
        && accepted.contains("text/html");
  }
}
