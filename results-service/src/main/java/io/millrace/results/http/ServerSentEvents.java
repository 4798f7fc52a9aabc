package io.millrace.results.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.results.live.Frame;
import io.millrace.results.live.StreamLimits;
import io.millrace.results.live.StreamPosition;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Sends streams as server-sent events (HTML standard). */
@ApplicationScoped
public class ServerSentEvents {
  private static final Logger LOG = Logger.getLogger(ServerSentEvents.class);

  /** The description of the parameters that set the position. */
  public static final String AFTER =
      "The id of the last event read: the stream continues after it. By default it starts now. A"
          + " browser sends the header when it reconnects.";

  private final StreamLimits limits;
  private final ObjectMapper json;
  private final Vertx vertx;
  private final Duration idleTimeout;

  ServerSentEvents(
      StreamLimits limits,
      ObjectMapper json,
      Vertx vertx,
      @ConfigProperty(name = "quarkus.http.idle-timeout") Duration idleTimeout) {
    this.limits = limits;
    this.json = json;
    this.vertx = vertx;
    this.idleTimeout = idleTimeout;
  }

  /** A heartbeat interval longer than the idle timeout would close every quiet stream. */
  void check(@Observes StartupEvent event) {
    if (limits.heartbeat().compareTo(idleTimeout) >= 0) {
      throw new ConfigurationException(
          "millrace.streams.heartbeat: %d s is too long; give less than quarkus.http.idle-timeout, %d s"
              .formatted(limits.heartbeat().toSeconds(), idleTimeout.toSeconds()));
    }
  }

  /**
   * The position after which the stream continues; null means now. The header wins: a browser that
   * reconnects sends it with its first address.
   */
  public static StreamPosition position(String lastEventId, String after) {
    if (lastEventId != null && !lastEventId.isEmpty()) {
      return StreamPosition.parse("Last-Event-ID", lastEventId);
    }
    return after == null ? null : StreamPosition.parse("after", after);
  }

  /** The stream as events. It is closed if its reader does not read. */
  public Multi<OutboundSseEvent> of(Multi<Frame> frames, Sse sse, RoutingContext routing) {
    HttpServerResponse response = routing.response();
    // Tells proxies not to buffer events.
    response.putHeader("Cache-Control", "no-store").putHeader("X-Accel-Buffering", "no");
    var patience = new Patience(routing.request().connection());
    return frames
        .map(frame -> event(sse, frame))
        .onItem()
        .invoke(patience::begin)
        .onRequest()
        .invoke(patience::end)
        .onTermination()
        .invoke(patience::end);
  }

  private OutboundSseEvent event(Sse sse, Frame frame) {
    if (frame.isHeartbeat()) {
      return sse.newEventBuilder().comment("alive").build();
    }
    try {
      return sse.newEventBuilder()
          .name(frame.event())
          .id(frame.id())
          .data(json.writeValueAsString(frame.data()))
          .build();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Closes the connection of a reader that leaves an event unread: the next event is requested only
   * after the previous one is sent.
   */
  private final class Patience {
    private static final long NONE = -1;

    private final HttpConnection connection;
    private long timer = NONE;

    Patience(HttpConnection connection) {
      this.connection = connection;
    }

    synchronized void begin() {
      end();
      timer = vertx.setTimer(limits.patience().toMillis(), expired -> drop());
    }

    synchronized void end() {
      if (timer != NONE) {
        vertx.cancelTimer(timer);
        timer = NONE;
      }
    }

    private void drop() {
      LOG.info("closed an event stream: its reader does not read");
      // Bypasses the handlers of Vert.x, whose close waits for the unread data.
      ((ConnectionBase) connection).channel().pipeline().firstContext().close();
    }
  }
}
