package io.millrace.results.experiment;

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

/** The events of an experiment's runs as a stream. */
@Path("/experiments/{experiment}/events")
@Produces(MediaType.SERVER_SENT_EVENTS)
@Tag(name = "experiments")
@RolesAllowed(Roles.READER)
public class ExperimentEventsResource {
  private final LiveStreams streams;
  private final ServerSentEvents events;

  ExperimentEventsResource(LiveStreams streams, ServerSentEvents events) {
    this.streams = streams;
    this.events = events;
  }

  @GET
  @EventStream
  @Operation(
      operationId = "followExperiment",
      summary = "Events of an experiment's runs as a stream",
      description =
          "Events: run (a run as in a list of runs; first for each running run, then at every"
              + " change of any run) and log (an entry of a run's log). There are no events for"
              + " steps.")
  @APIResponse(responseCode = "200", description = "A stream that ends when the reader closes it.")
  @APIResponse(
      responseCode = "404",
      description = "The experiment does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "This service has no free event stream.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Multi<OutboundSseEvent> follow(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @HeaderParam("Last-Event-ID") @Parameter(description = ServerSentEvents.AFTER)
          String lastEventId,
      @QueryParam("after") @Parameter(description = ServerSentEvents.AFTER) String after,
      @Context Sse sse,
      @Context RoutingContext routing) {
    return events.of(
        streams.ofExperiment(
            Check.name("experiment", experiment), ServerSentEvents.position(lastEventId, after)),
        sse,
        routing);
  }
}
