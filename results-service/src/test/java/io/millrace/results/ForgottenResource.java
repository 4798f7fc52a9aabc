package io.millrace.results;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A resource of tests alone, which does not say who may use it. */
@Path("/forgotten")
public class ForgottenResource {
  @GET
  @Operation(hidden = true)
  public String get() {
    return "open to everybody";
  }
}
