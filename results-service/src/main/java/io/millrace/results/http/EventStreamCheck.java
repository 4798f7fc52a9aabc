package io.millrace.results.http;

import io.millrace.contracts.Check;
import io.millrace.results.live.LiveStreams;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Rejects event streams that cannot start. */
class EventStreamCheck {
  private final LiveStreams streams;

  EventStreamCheck(LiveStreams streams) {
    this.streams = streams;
  }

  @ServerRequestFilter
  @EventStream
  Uni<Void> check(UriInfo uri) {
    String run = uri.getPathParameters().getFirst("run");
    return run != null
        ? streams.check(Check.name("run", run))
        : streams.checkExperiment(
            Check.name("experiment", uri.getPathParameters().getFirst("experiment")));
  }
}
