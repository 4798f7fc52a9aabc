package io.millrace.results.web;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves the Python client, a single file. It has no data, so it needs no token. */
@Path("/clients/millrace.py")
@NonBlocking
@PermitAll
@Tag(name = "clients", description = "Clients for this service.")
public class ClientsResource {
  private static final String PYTHON = "text/x-python;charset=UTF-8";

  private final Asset client = Asset.load("/io/millrace/results/clients/millrace.py", PYTHON);

  @GET
  @Operation(
      operationId = "getPythonClient",
      summary = "The Python client: one file to put next to a script",
      description = "Needs no token. The client has no dependencies; it uses pandas if installed.")
  @APIResponse(
      responseCode = "200",
      description = "The file.",
      content = @Content(mediaType = "text/x-python", schema = @Schema(type = SchemaType.STRING)))
  public Response python(@Context Request request) {
    return client.answer(request);
  }
}
