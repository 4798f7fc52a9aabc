package io.millrace.results;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A resource for tests that takes longer to answer than a connection may be idle. */
@Path("/thoughtful")
@PermitAll
public class ThoughtfulResource {
  @GET
  @Operation(hidden = true)
  public Uni<String> get() {
    return Uni.createFrom().item("thought").onItem().delayIt().by(Duration.ofSeconds(9));
  }
}
