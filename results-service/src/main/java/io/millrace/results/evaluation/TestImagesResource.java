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

/** Serves test images of runs, which the augmentation service draws. */
@Path("/runs/{run}/test-images")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class TestImagesResource {
  private static final int MOST = 48;

  /** Clients revalidate each time; this service answers that without the augmentation service. */
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
          "One row of cells of equal size, in the order of index. The images are those of the run's"
              + " data set, decoded and resized as in the request, before rescaling. Images less"
              + " than 56 pixels wide are enlarged by a whole factor to at least that width. The"
              + " run can still be training.")
  @APIResponse(
      responseCode = "200",
      description = "A PNG file, of at most 2.5 million pixels.",
      content = @Content(mediaType = "image/png"))
  @APIResponse(responseCode = "304", description = "The image is the one in If-None-Match.")
  @APIResponse(
      responseCode = "400",
      description =
          "An index is not in the test part, there are too many indices, or the samples are not"
              + " images.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "The run or its data set is unknown.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description =
          "The augmentation service does not answer or no longer has the data of this run.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "The augmentation service is busy, or the database is unavailable.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> images(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("index")
          @Parameter(
              description =
                  "The index of a sample in the test part, counted from 0, as in GET"
                      + " /runs/{run}/answers. Can be repeated.",
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
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("dataset", part.dataset());
    body.put("indices", indices);
    if (part.fingerprint() == null) {
      return augmentation
          .ask("/preview/test-images", body)
          .map(answer -> ok(answer).header(HttpHeaders.CACHE_CONTROL, "no-store").build());
    }
    body.put("fingerprint", part.fingerprint());
    var tag = new EntityTag(UUID.nameUUIDFromBytes(Messages.write(body)).toString());
    Response.ResponseBuilder known = request.evaluatePreconditions(tag);
    if (known != null) {
      return Uni.createFrom().item(known.tag(tag).header(HttpHeaders.CACHE_CONTROL, OWN).build());
    }
    return augmentation
        .ask("/preview/test-images", body)
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
