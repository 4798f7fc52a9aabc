package io.millrace.results.request;

import io.millrace.access.Roles;
import io.millrace.contracts.json.Messages;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves the JSON Schema of training requests. */
@Path("/schema/training-request")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class SchemaResource {
  private final byte[] schema = read();

  @GET
  @Produces("application/schema+json")
  @Operation(
      operationId = "getRequestSchema",
      summary = "The JSON Schema of training requests",
      description = "Draft 2020-12, with descriptions, ranges and defaults.")
  @APIResponse(
      responseCode = "200",
      description = "The schema.",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  public byte[] schema() {
    return schema;
  }

  private static byte[] read() {
    try (InputStream in =
        Messages.class.getResourceAsStream(
            "/io/millrace/contracts/schema/training-request.schema.json")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
