package io.millrace.results.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.query.Table;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Answers as CSV (RFC 4180) or as JSON lines, a piece of at most some 64 KiB at a time, as fast as
 * the reader takes them. Which of them is asked for by {@code Accept}, or by {@code format}, which
 * any link can carry.
 */
@Singleton
class Export {
  /** The media types of exports. */
  static final String CSV = "text/csv";

  static final String JSON_LINES = "application/x-ndjson";

  private static final int PIECE = 64 << 10;
  private static final Map<String, String> FORMATS =
      Map.of("json", MediaType.APPLICATION_JSON, "csv", CSV, "jsonl", JSON_LINES);

  private final ObjectMapper json;

  Export(ObjectMapper json) {
    this.json = json;
  }

  /** Lets the format stand for the media type, by which methods are chosen. */
  @ServerRequestFilter(preMatching = true)
  void format(ContainerRequestContext request) {
    String format = request.getUriInfo().getQueryParameters().getFirst("format");
    if (format != null) {
      String type = FORMATS.get(format);
      if (type == null) {
        throw new InvalidMessageException(
            "format", Check.quote(format) + " is not known; give json, csv or jsonl");
      }
      request.getHeaders().putSingle(HttpHeaders.ACCEPT, type);
    }
  }

  /** An answer as a file. */
  RestMulti<byte[]> of(Uni<? extends Table.Tabular> answer, HttpHeaders headers) {
    boolean csv =
        headers.getAcceptableMediaTypes().stream()
            .map(type -> type.getType() + "/" + type.getSubtype())
            .filter(type -> type.equals(CSV) || type.equals(JSON_LINES))
            .findFirst()
            .orElse(CSV)
            .equals(CSV);
    return RestMulti.fromUniResponse(
        answer.map(Table.Tabular::table),
        table -> pieces(csv ? csv(table) : jsonLines(table)),
        table ->
            Map.of(
                HttpHeaders.CONTENT_TYPE,
                List.of(csv ? CSV + ";charset=UTF-8" : JSON_LINES),
                HttpHeaders.CONTENT_DISPOSITION,
                List.of(
                    "attachment; filename=\"" + table.name() + (csv ? ".csv" : ".jsonl") + "\"")));
  }

  private static Multi<byte[]> pieces(Iterator<String> lines) {
    return Multi.createFrom()
        .iterable(
            () ->
                new Iterator<byte[]>() {
                  @Override
                  public boolean hasNext() {
                    return lines.hasNext();
                  }

                  @Override
                  public byte[] next() {
                    var piece = new StringBuilder();
                    while (lines.hasNext() && piece.length() < PIECE) {
                      piece.append(lines.next());
                    }
                    return piece.toString().getBytes(StandardCharsets.UTF_8);
                  }
                });
  }

  private static Iterator<String> csv(Table table) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(line(table.columns())),
            java.util.stream.StreamSupport.stream(table.rows().spliterator(), false)
                .map(Export::line))
        .iterator();
  }

  private static String line(List<?> cells) {
    return cells.stream().map(Export::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  /**
   * A cell. A spreadsheet takes text that begins with one of {@code = + - @}, a tab or a carriage
   * return for a formula, and runs it: an apostrophe before it says that it is text (OWASP, CSV
   * Injection).
   */
  static String cell(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Number) {
      return value.toString();
    }
    String text =
        value instanceof Collection<?> names
            ? names.stream().map(String::valueOf).collect(Collectors.joining(" "))
            : value.toString();
    if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  private Iterator<String> jsonLines(Table table) {
    Iterator<List<?>> rows = table.rows().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public String next() {
        List<?> row = rows.next();
        var object = new LinkedHashMap<String, Object>();
        for (int i = 0; i < row.size(); i++) {
          object.put(table.columns().get(i), row.get(i));
        }
        try {
          return json.writeValueAsString(object) + "\n";
        } catch (JsonProcessingException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
