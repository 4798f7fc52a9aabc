package io.millrace.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** A collector of traces: receives the spans that services export over OTLP/HTTP. */
final class TraceCollector implements AutoCloseable {
  private final List<Exported> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** A span, with the service that exported it. */
  record Exported(String service, Span span) {
    String trace() {
      return hex(span.getTraceId().toByteArray());
    }

    String id() {
      return hex(span.getSpanId().toByteArray());
    }

    String parent() {
      return hex(span.getParentSpanId().toByteArray());
    }

    String name() {
      return span.getName();
    }

    boolean linksTo(String trace) {
      return span.getLinksList().stream()
          .anyMatch(link -> hex(link.getTraceId().toByteArray()).equals(trace));
    }

    private static String hex(byte[] id) {
      return HexFormat.of().formatHex(id);
    }
  }

  TraceCollector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  /** Environment variables that make a service export its spans to this collector. */
  Map<String, String> environment() {
    return Map.of(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort(),
        "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
        "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "200ms");
  }

  /** All spans so far. */
  List<Exported> spans() {
    return List.copyOf(spans);
  }

  /** The spans with a given name in a trace. */
  List<Exported> spans(String trace, String name) {
    return spans.stream()
        .filter(span -> span.trace().equals(trace) && span.name().equals(name))
        .toList();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody();
      boolean isPacked = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      var request =
          ExportTraceServiceRequest.parseFrom(isPacked ? new GZIPInputStream(body) : body);
      request.getResourceSpansList().forEach(this::store);
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private void store(ResourceSpans exported) {
    String service =
        exported.getResource().getAttributesList().stream()
            .filter(attribute -> attribute.getKey().equals("service.name"))
            .map(attribute -> attribute.getValue().getStringValue())
            .findFirst()
            .orElse("");
    exported
        .getScopeSpansList()
        .forEach(
            scope -> scope.getSpansList().forEach(span -> spans.add(new Exported(service, span))));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
