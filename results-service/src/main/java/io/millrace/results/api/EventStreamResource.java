package io.millrace.results.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.Check;
import io.millrace.results.live.Frame;
import io.millrace.results.live.LiveStreams;
import io.millrace.results.live.Position;
import io.millrace.results.live.StreamLimits;
import io.smallrye.mutiny.Multi;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Server-sent events, as the HTML standard has them. */
@Path("/")
@Produces(MediaType.SERVER_SENT_EVENTS)
@Tag(name = "events", description = "What happens to runs, as it happens.")
@APIResponse(
    responseCode = "404",
    description = "No such run or experiment is known.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "All streams of this service are taken.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class EventStreamResource {
  private static final Logger LOG = Logger.getLogger(EventStreamResource.class);
  private static final String AFTER =
      "The id of the last event read: the stream goes on after it. By default it starts now. A"
          + " browser that connects again sends the header by itself.";

  private final LiveStreams streams;
  private final StreamLimits limits;
  private final ObjectMapper json;
  private final Vertx vertx;

  EventStreamResource(LiveStreams streams, StreamLimits limits, ObjectMapper json, Vertx vertx) {
    this.streams = streams;
    this.limits = limits;
    this.json = json;
    this.vertx = vertx;
  }

  @GET
  @Path("runs/{run}/events")
  @Operation(
      operationId = "followRun",
      summary = "What happens to a run, as it happens",
      description =
          "Events: run, as in a list of runs, at once and when it changes; steps, {run, step, loss,"
              + " steps_done, epochs_done}, at most 1,000 at a time; log, an event as in the run's"
              + " log. The id of each is <log>.<step>: the id of the last entry of the log, and the"
              + " first step that is still to come.")
  @APIResponse(responseCode = "200", description = "A stream that ends only with its reader.")
  public Multi<OutboundSseEvent> ofRun(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @HeaderParam("Last-Event-ID") @Parameter(description = AFTER) String lastEventId,
      @QueryParam("after") @Parameter(description = AFTER) String after,
      @Context Sse sse,
      @Context RoutingContext routing) {
    return events(
        streams.ofRun(Check.name("run", run), position(lastEventId, after)), sse, routing);
  }

  @GET
  @Path("experiments/{experiment}/events")
  @Operation(
      operationId = "followExperiment",
      summary = "What happens to an experiment's runs, as it happens",
      description =
          "Events: run, as in a list of runs, of those in work at once and of each when it changes;"
              + " log, an event as in the runs' logs. No steps.")
  @APIResponse(responseCode = "200", description = "A stream that ends only with its reader.")
  public Multi<OutboundSseEvent> ofExperiment(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @HeaderParam("Last-Event-ID") @Parameter(description = AFTER) String lastEventId,
      @QueryParam("after") @Parameter(description = AFTER) String after,
      @Context Sse sse,
      @Context RoutingContext routing) {
    return events(
        streams.ofExperiment(Check.name("experiment", experiment), position(lastEventId, after)),
        sse,
        routing);
  }

  /** The header is newer: the browser sends it beside the address that it began with. */
  private static Position position(String lastEventId, String after) {
    if (lastEventId != null && !lastEventId.isEmpty()) {
      return Position.parse("Last-Event-ID", lastEventId);
    }
    return after == null ? null : Position.parse("after", after);
  }

  private Multi<OutboundSseEvent> events(Multi<Frame> frames, Sse sse, RoutingContext routing) {
    HttpServerResponse response = routing.response();
    // Proxies are asked not to gather what is meant to arrive at once.
    response.putHeader("Cache-Control", "no-store").putHeader("X-Accel-Buffering", "no");
    var patience = new Patience(response);
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
   * Closes the connection of a reader that leaves an event unread: the next one is asked for only
   * when the one before has gone out.
   */
  private final class Patience {
    private static final long NONE = -1;

    private final HttpServerResponse response;
    private long timer = NONE;

    Patience(HttpServerResponse response) {
      this.response = response;
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
      LOG.info("a stream is closed: its reader does not read");
      response.reset();
    }
  }
}
