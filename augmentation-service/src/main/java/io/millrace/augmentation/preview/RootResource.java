package io.millrace.augmentation.preview;

import io.millrace.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** The page at the service's address. */
@Path("/")
@RolesAllowed(Roles.READER)
public class RootResource {
  /** Redirects to the list of data sets. */
  @GET
  public Response root() {
    return Response.seeOther(URI.create("datasets")).build();
  }
}
