package io.millrace.results.http;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.run.ModelFormat;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Lets the query parameter {@code format} replace the header {@code Accept}, so that a link can
 * select a format. Models have other formats, see {@link ModelFormat}.
 */
class FileFormat {
  private static final Map<String, String> TYPES =
      Map.of("json", MediaType.APPLICATION_JSON, "csv", Export.CSV, "jsonl", Export.JSON_LINES);

  private static final Pattern MODEL = Pattern.compile("/?runs/[^/]+/model/?");

  @ServerRequestFilter(preMatching = true)
  void accept(ContainerRequestContext request) {
    String format = request.getUriInfo().getQueryParameters().getFirst("format");
    if (format != null && !MODEL.matcher(request.getUriInfo().getPath()).matches()) {
      String type = TYPES.get(format);
      if (type == null) {
        throw new InvalidMessageException(
            "format", Check.quote(format) + " is not a format; give one of json, csv, jsonl");
      }
      request.getHeaders().putSingle(HttpHeaders.ACCEPT, type);
    }
  }
}
