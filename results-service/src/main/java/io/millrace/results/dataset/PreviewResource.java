package io.millrace.results.dataset;

import io.millrace.access.Roles;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.http.ErrorBody;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves previews of an augmentation on samples of a data set. */
@Path("/preview")
@Tag(name = "preview", description = "Previews of an augmentation.")
@RolesAllowed(Roles.READER)
public class PreviewResource {
  static final int MAX_BYTES = 256 << 10;

  private final AugmentationService augmentation;

  PreviewResource(AugmentationService augmentation) {
    this.augmentation = augmentation;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces({"image/png", MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "preview",
      summary = "An image of samples and their augmented versions",
      description =
          "One row per sample: the original on the left, then one version per epoch. The"
              + " augmentation service draws it. The header Preview-Note says how training differs"
              + " from the preview.")
  @RequestBody(
      description = "At most 256 KiB.",
      content =
          @Content(
              schema =
                  @Schema(
                      type = SchemaType.OBJECT,
                      requiredProperties = {"dataset"},
                      properties = {
                        @SchemaProperty(
                            name = "dataset",
                            type = SchemaType.OBJECT,
                            description = "As in a training request."),
                        @SchemaProperty(
                            name = "augmentation",
                            type = SchemaType.OBJECT,
                            description = "As in a training request; by default none."),
                        @SchemaProperty(
                            name = "seed",
                            type = SchemaType.INTEGER,
                            description = "As in a training request; by default 0."),
                        @SchemaProperty(
                            name = "samples",
                            description =
                                "Number of samples of the training part, 1..8, by default 4; or a"
                                    + " list of 1 to 8 indices."),
                        @SchemaProperty(
                            name = "variants",
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "16",
                            description = "Number of versions of each sample; by default 6."),
                        @SchemaProperty(
                            name = "epoch",
                            type = SchemaType.INTEGER,
                            minimum = "0",
                            maximum = "1000000",
                            description =
                                "The epoch of the first version; each further version is one epoch"
                                    + " later. By default 0.")
                      })))
  @APIResponse(
      responseCode = "200",
      description = "A PNG file of at most 8 MiB.",
      content = @Content(mediaType = "image/png"))
  @APIResponse(
      responseCode = "400",
      description = "The body or the preview is invalid; field names the faulty field.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "413",
      description = "The body is larger than 256 KiB.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description = "The augmentation service does not answer.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "The augmentation service is busy; try again in a second.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> preview(byte[] body) {
    if (body.length > MAX_BYTES) {
      throw new WebApplicationException(
          "the body is too large; give at most " + MAX_BYTES + " bytes", 413);
    }
    return augmentation.ask("/preview", body).map(this::answer);
  }

  private Response answer(HttpResponse<byte[]> sheet) {
    int status = sheet.statusCode();
    if (status == 200 && sheet.body().length == 0) {
      throw new InvalidMessageException(
          "samples", "the image is larger than 8 MiB; give fewer samples or variants");
    }
    AugmentationService.Refused refused = augmentation.refusal(sheet);
    if (status == 400) {
      throw new InvalidMessageException(refused.field(), refused.reason());
    }
    if (status == 413 || status == 503) {
      throw new WebApplicationException(refused.reason(), status);
    }
    return augmentation.sheet(sheet);
  }
}
