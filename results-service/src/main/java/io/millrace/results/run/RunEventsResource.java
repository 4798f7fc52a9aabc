package io.millrace.results.run;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.EventStream;
import io.millrace.results.http.ServerSentEvents;
import io.millrace.results.live.LiveStreams;
import io.smallrye.mutiny.Multi;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The events of a run as a stream. */
@Path("/runs/{run}/events")
@Produces(MediaType.SERVER_SENT_EVENTS)
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class RunEventsResource {
  private final LiveStreams streams;
  private final ServerSentEvents events;

  RunEventsResource(LiveStreams streams, ServerSentEvents events) {
    this.streams = streams;
    this.events = events;
  }

  @GET
  @EventStream
  @Operation(
      operationId = "followRun",
      summary = "Events of a run as a stream",
      description =
          "Events: run (the run as in a list of runs, first immediately and then at every change),"
              + " steps ({run, step, loss, steps_done, epochs_done}, at most 1,000 at a time) and"
              + " log (an entry of the run's log). The id of an event is <log>.<step>: the id of"
              + " the last log entry and the first step that is not sent yet.")
  @APIResponse(responseCode = "200", description = "A stream that ends when the reader closes it.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "This service has no free event stream.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Multi<OutboundSseEvent> follow(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @HeaderParam("Last-Event-ID") @Parameter(description = ServerSentEvents.AFTER)
          String lastEventId,
      @QueryParam("after") @Parameter(description = ServerSentEvents.AFTER) String after,
      @Context Sse sse,
      @Context RoutingContext routing) {
    return events.of(
        streams.ofRun(Check.name("run", run), ServerSentEvents.position(lastEventId, after)),
        sse,
        routing);
  }
}
