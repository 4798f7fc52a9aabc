package io.millrace.results.evaluation;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.results.dataset.AugmentationService;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The images on which runs are tested, as the augmentation service draws them. */
@Path("/runs/{run}/test-images")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class TestImagesResource {
  private static final int MOST = 48;

  /** It is asked each time whether it is still the one: the answer to that asks nobody else. */
  private static final String OWN = "private, no-cache";

  private final AugmentationService augmentation;

  TestImagesResource(AugmentationService augmentation) {
    this.augmentation = augmentation;
  }

  @GET
  @Produces({"image/png", MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "getTestImages",
      summary = "Images of a run's test part",
      description =
          "One row of equal cells side by side, in the order of index: the images as the run's data"
              + " set has them, decoded and in the request's size, before they are rescaled. One"
              + " that is less than 56 pixels wide is enlarged by a whole factor until it is not."
              + " The run need not have ended.")
  @APIResponse(
      responseCode = "200",
      description = "A PNG file, of at most 2.5 million pixels.",
      content = @Content(mediaType = "image/png"))
  @APIResponse(responseCode = "304", description = "It is the one of If-None-Match.")
  @APIResponse(
      responseCode = "400",
      description =
          "There is no test sample of an index, there are too many, or the samples are no images.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "No such run is known, or its data are not.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description =
          "The augmentation service does not answer, or does not have the data of this run any"
              + " more.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "Too many pictures are being drawn, or the database is away.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> images(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("index")
          @Parameter(
              description =
                  "The sample's place in the test part, from 0, as in GET /runs/{run}/answers;"
                      + " repeated.",
              required = true,
              schema =
                  @Schema(
                      type = SchemaType.ARRAY,
                      implementation = Integer.class,
                      minItems = 1,
                      maxItems = MOST))
          List<String> index,
      @Context Request request) {
    Check.name("run", run);
    List<String> given = Check.required("index", index == null || index.isEmpty() ? null : index);
    if (given.size() > MOST) {
      throw new InvalidMessageException(
          "index", "is given " + given.size() + " times; give 1.." + MOST);
    }
    return TestPart.of(run).chain(part -> images(part, indices(given, part.samples()), request));
  }

  private static List<Integer> indices(List<String> given, Integer samples) {
    int most = samples == null ? Integer.MAX_VALUE : samples - 1;
    return given.stream().map(one -> Parameters.integer("index", one, 0, 0, most)).toList();
  }

  private Uni<Response> images(TestPart part, List<Integer> indices, Request request) {
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("dataset", part.dataset());
    wanted.put("indices", indices);
    if (part.fingerprint() == null) {
      return augmentation
          .ask("/preview/test-images", wanted)
          .map(answer -> ok(answer).header(HttpHeaders.CACHE_CONTROL, "no-store").build());
    }
    wanted.put("fingerprint", part.fingerprint());
    var tag = new EntityTag(UUID.nameUUIDFromBytes(Messages.write(wanted)).toString());
    Response.ResponseBuilder known = request.evaluatePreconditions(tag);
    if (known != null) {
      return Uni.createFrom().item(known.tag(tag).header(HttpHeaders.CACHE_CONTROL, OWN).build());
    }
    return augmentation
        .ask("/preview/test-images", wanted)
        .map(answer -> ok(answer).tag(tag).header(HttpHeaders.CACHE_CONTROL, OWN).build());
  }

  private Response.ResponseBuilder ok(HttpResponse<byte[]> answer) {
    if (answer.statusCode() == 400) {
      AugmentationService.Refused refused = augmentation.refusal(answer);
      if (refused.field().startsWith("indices")) {
        throw new InvalidMessageException("index", refused.reason());
      }
    }
    return Response.ok(augmentation.picture(answer), "image/png");
  }
}
