package io.millrace.results.run;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.ByteRange;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Errors;
import io.millrace.results.http.Parameters;
import io.millrace.results.model.ModelStore;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.FilePart;

/** Serves trained models from the model store. */
@Path("/runs/{run}/model")
@Produces({"application/zip", MediaType.APPLICATION_JSON, MediaType.APPLICATION_OCTET_STREAM})
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class ModelResource {
  private final RunQueries runs;
  private final Optional<ModelStore> store;

  ModelResource(RunQueries runs, Optional<ModelStore> store) {
    this.runs = runs;
    this.store = store;
  }

  @GET
  @Operation(
      operationId = "getModel",
      summary = "A run's trained model",
      description =
          "The ETag of format dl4j is the SHA-256 of the file. Range requests a part; with"
              + " If-Range, only if the model has not changed.")
  @APIResponse(responseCode = "200", description = "The model file.")
  @APIResponse(responseCode = "206", description = "The requested part of the file.")
  @APIResponse(responseCode = "304", description = "The model is the one in If-None-Match.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist, or this service has no model of it.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(responseCode = "416", description = "The range is beyond the end of the file.")
  public Uni<Response> model(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("format")
          @Parameter(
              description =
                  "dl4j: Deeplearning4j, with the optimizer state. keras: the network as Keras 3"
                      + " JSON, without weights. onnx: an ONNX model that includes the"
                      + " preprocessing of the data. safetensors: the variables by their Keras"
                      + " names.",
              schema =
                  @Schema(
                      enumeration = {"dl4j", "keras", "onnx", "safetensors"},
                      defaultValue = "dl4j"))
          String format,
      @HeaderParam("Range") String range,
      @HeaderParam("If-Range") String ifRange,
      @HeaderParam("If-None-Match") String ifNoneMatch) {
    return stored(run, format)
        .map(
            model -> {
              if (ifNoneMatch != null && ifNoneMatch.contains(model.etag())) {
                return model.headers(Response.status(304)).build();
              }
              boolean whole = range == null || ifRange != null && !ifRange.equals(model.etag());
              return whole ? model.whole() : model.part(range);
            });
  }

  @HEAD
  @Operation(hidden = true)
  public Uni<Response> head(@PathParam("run") String run, @QueryParam("format") String format) {
    return stored(run, format)
        .map(model -> model.headers(Response.ok()).header("Content-Length", model.bytes()).build());
  }

  private Uni<StoredModel> stored(String name, String formatName) {
    ModelFormat format =
        Check.orElse(Parameters.oneOf("format", formatName, ModelFormat.class), ModelFormat.DL4J);
    return runs.run(Check.name("run", name))
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(run -> stored(run, format));
  }

  private StoredModel stored(RunView run, ModelFormat format) {
    if (run.model() == null) {
      throw new UnknownException(
          "run " + Check.quote(run.run()) + " has no model; it is " + run.state());
    }
    ModelStore from =
        store.orElseThrow(
            () ->
                new UnknownException(
                    "this service has no model store; set millrace.results.models"));
    String path = format.path(run.model());
    long bytes =
        from.bytes(path)
            .orElseThrow(
                () ->
                    new UnknownException(
                        "the model of run "
                            + Check.quote(run.run())
                            + " is not in the model store at "
                            + path));
    return new StoredModel(run, format, from, path, bytes);
  }

  /** A model file that exists in the store. */
  private record StoredModel(
      RunView run, ModelFormat format, ModelStore store, String path, long bytes) {
    String etag() {
      return format.etag(run.model());
    }

    Response.ResponseBuilder headers(Response.ResponseBuilder response) {
      return response
          .header("ETag", etag())
          .header("Accept-Ranges", "bytes")
          .type(format.mediaType())
          .header(
              "Content-Disposition", "attachment; filename=\"" + format.fileName(run.run()) + "\"");
    }

    /** A part of the file; a file on disk sets its length itself. */
    private Response.ResponseBuilder body(int status, long first, long length) {
      Response.ResponseBuilder response = headers(Response.status(status));
      ModelStore.Body body = store.body(path, first, length);
      return body instanceof ModelStore.Body.InFile part
          ? response.entity(new FilePart(part.file().toFile(), part.first(), part.length()))
          : response
              .entity(((ModelStore.Body.Flowing) body).bytes())
              .header("Content-Length", length);
    }

    Response whole() {
      return body(200, 0, bytes).build();
    }

    Response part(String range) {
      Optional<ByteRange> requested = ByteRange.parse(range, bytes);
      if (requested.isEmpty()) {
        return whole();
      }
      ByteRange part = requested.get();
      if (part.isEmpty()) {
        return Errors.answer(
                416, "Range: starts beyond the " + bytes + " bytes of the file", "Range")
            .header("Content-Range", "bytes */" + bytes)
            .build();
      }
      return body(206, part.first(), part.length())
          .header("Content-Length", part.length())
          .header("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + bytes)
          .build();
    }
  }
}
