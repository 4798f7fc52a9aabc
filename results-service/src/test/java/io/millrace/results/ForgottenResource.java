package io.millrace.results;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A resource for tests only, which does not declare the roles that may use it. */
@Path("/forgotten")
public class ForgottenResource {
  @GET
  @Operation(hidden = true)
  public String get() {
    return "open to everybody";
  }
}
