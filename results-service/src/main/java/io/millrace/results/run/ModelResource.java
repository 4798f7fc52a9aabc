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

/** Trained models, from the store that the trainers put them in. */
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
          "As its trainer has stored it. The ETag of dl4j is the file's SHA-256. A part is asked for"
              + " with Range, and with If-Range only where the model is still the same.")
  @APIResponse(responseCode = "200", description = "The model.")
  @APIResponse(responseCode = "206", description = "A part of it.")
  @APIResponse(responseCode = "304", description = "It is the one of If-None-Match.")
  @APIResponse(
      responseCode = "404",
      description = "There is no such run, or no model of it here.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(responseCode = "416", description = "The range lies beyond its end.")
  public Uni<Response> model(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("format")
          @Parameter(
              description =
                  "dl4j: as Deeplearning4j reads it, with the optimizer's state. keras: the network"
                      + " without its weights, as Keras 3 reads it. onnx: an ONNX model that takes"
                      + " the data as they are. safetensors: Keras' variables by their names.",
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

  private Uni<StoredModel> stored(String name, String asked) {
    ModelFormat format =
        Check.orElse(Parameters.oneOf("format", asked, ModelFormat.class), ModelFormat.DL4J);
    return runs.run(Check.name("run", name))
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(run -> stored(run, format));
  }

  private StoredModel stored(RunView run, ModelFormat format) {
    if (run.model() == null) {
      throw new UnknownException(
          "the run " + Check.quote(run.run()) + " has no model; it is " + run.state());
    }
    ModelStore from =
        store.orElseThrow(
            () ->
                new UnknownException(
                    "this service does not know where models are; millrace.results.models says"
                        + " where"));
    String path = format.path(run.model());
    long bytes =
        from.bytes(path)
            .orElseThrow(
                () ->
                    new UnknownException(
                        "the model of the run "
                            + Check.quote(run.run())
                            + " is not in the store as "
                            + path));
    return new StoredModel(run, format, from, path, bytes);
  }

  /** A model that is there. */
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

    /** A file tells its length itself. */
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
      Optional<ByteRange> asked = ByteRange.parse(range, bytes);
      if (asked.isEmpty()) {
        return whole();
      }
      ByteRange part = asked.get();
      if (part.isEmpty()) {
        return Errors.answer(416, "Range: lies beyond the " + bytes + " bytes of the file", "Range")
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
