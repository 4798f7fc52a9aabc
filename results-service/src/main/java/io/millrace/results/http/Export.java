package io.millrace.results.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.results.query.Table;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Writes answers as CSV (RFC 4180) or JSON lines, in chunks of about 64 KiB, as fast as the reader
 * takes them. {@code Accept} selects the format; {@link FileFormat} can override it.
 */
@Provider
@Produces({Export.CSV, Export.JSON_LINES})
public class Export implements ServerMessageBodyWriter<Table.Tabular> {
  public static final String CSV = "text/csv";
  public static final String JSON_LINES = "application/x-ndjson";

  private static final int PIECE = 64 << 10;

  private final ObjectMapper json;

  Export(ObjectMapper json) {
    this.json = json;
  }

  /** Whether the caller requests a file, not JSON. */
  public static boolean isRequested(HttpHeaders headers) {
    return headers.getAcceptableMediaTypes().stream()
        .filter(type -> !type.isWildcardType())
        .findFirst()
        .map(type -> isCsv(type) || isJsonLines(type))
        .orElse(false);
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type generic, ResteasyReactiveResourceInfo target, MediaType media) {
    return isWriteable(type, media);
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
    return isWriteable(type, media);
  }

  private static boolean isWriteable(Class<?> type, MediaType media) {
    return Table.Tabular.class.isAssignableFrom(type) && (isCsv(media) || isJsonLines(media));
  }

  private static boolean isCsv(MediaType media) {
    return MediaType.valueOf(CSV).isCompatible(media);
  }

  private static boolean isJsonLines(MediaType media) {
    return MediaType.valueOf(JSON_LINES).isCompatible(media);
  }

  @Override
  public void writeResponse(Table.Tabular answer, Type generic, ServerRequestContext context) {
    Table table = answer.table();
    boolean csv = isCsv(context.getResponseMediaType());
    ServerHttpResponse response = context.serverResponse();
    response.setResponseHeader(HttpHeaders.CONTENT_DISPOSITION, disposition(table, csv));
    response.setChunked(true);
    write(pieces(table, csv), response);
  }

  /**
   * Sends the next chunk when the previous one is written to the network; stops if the reader
   * disconnects.
   */
  private static void write(Iterator<byte[]> pieces, ServerHttpResponse response) {
    if (pieces.hasNext()) {
      response.write(pieces.next()).thenRun(() -> write(pieces, response));
    } else {
      response.end();
    }
  }

  @Override
  public void writeTo(
      Table.Tabular answer,
      Class<?> type,
      Type generic,
      Annotation[] annotations,
      MediaType media,
      MultivaluedMap<String, Object> headers,
      OutputStream stream)
      throws IOException {
    Table table = answer.table();
    headers.putSingle(HttpHeaders.CONTENT_DISPOSITION, disposition(table, isCsv(media)));
    for (Iterator<byte[]> pieces = pieces(table, isCsv(media)); pieces.hasNext(); ) {
      stream.write(pieces.next());
    }
  }

  private static String disposition(Table table, boolean csv) {
    return "attachment; filename=\"" + table.name() + (csv ? ".csv" : ".jsonl") + "\"";
  }

  private Iterator<byte[]> pieces(Table table, boolean csv) {
    Stream<List<?>> rows = StreamSupport.stream(table.rows().spliterator(), false);
    Iterator<String> lines =
        (csv
                ? Stream.concat(Stream.of(line(table.columns())), rows.map(Export::line))
                : rows.map(row -> object(table.columns(), row)))
            .iterator();
    return new Iterator<>() {
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
    };
  }

  private static String line(List<?> cells) {
    return cells.stream().map(Export::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  /**
   * One cell. A spreadsheet runs text as a formula if it starts with one of {@code = + - @}, a tab
   * or a carriage return. An apostrophe before it makes it text (OWASP, CSV Injection).
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

  private String object(List<String> columns, List<?> row) {
    var object = new LinkedHashMap<String, Object>();
    for (int i = 0; i < row.size(); i++) {
      object.put(columns.get(i), row.get(i));
    }
    try {
      return json.writeValueAsString(object) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
