package io.millrace.augmentation.preview;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Contact sheets of augmented samples, as PNG files. */
@Path("/preview")
@RolesAllowed(Roles.READER)
public class ContactSheetResource {
  private static final String PNG = "image/png";
  private static final String MIXED =
      "mixup and cutmix mix the samples shown here; training mixes those of a batch";

  private final SheetMaker maker;
  private final RunRequests runs;
  private final Semaphore places;

  ContactSheetResource(SheetMaker maker, RunRequests runs, PreviewSettings config) {
    this.maker = maker;
    this.runs = runs;
    this.places = new Semaphore(Check.range("millrace.preview.at-a-time", config.atATime(), 1, 64));
  }

  /** Returns the sheet for a {@link PreviewRequest} in JSON. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces({PNG, MediaType.APPLICATION_JSON})
  public Response preview(byte[] body) {
    return sheet(Messages.readStrictly(body, PreviewRequest.class));
  }

  /** Returns a sheet for the data set, augmentation and seed of a run. */
  @GET
  @Produces({PNG, MediaType.APPLICATION_JSON})
  public Response previewOfRun(
      @QueryParam("run") String run,
      @QueryParam("samples") String samples,
      @QueryParam("variants") String variants,
      @QueryParam("epoch") String epoch) {
    Integer count = integer("samples", samples);
    RunRequests.Trained trained = runs.of(run);
    return sheet(
        new PreviewRequest(
            trained.dataset(),
            trained.augmentation(),
            trained.seed(),
            count == null ? null : SampleChoice.of(Check.range("samples", count, 1, 8)),
            integer("variants", variants),
            integer("epoch", epoch)));
  }

  /** Returns the data set, augmentation and seed of a run, as JSON for {@link #preview}. */
  @GET
  @Path("/request")
  @Produces(MediaType.APPLICATION_JSON)
  public byte[] request(@QueryParam("run") String run) {
    return Messages.write(runs.of(run));
  }

  /** Returns the row of images for a {@link TestImagesRequest} in JSON. */
  @POST
  @Path("/test-images")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces({PNG, MediaType.APPLICATION_JSON})
  public Response testImages(byte[] body) {
    TestImagesRequest request = Messages.readStrictly(body, TestImagesRequest.class);
    return picture(() -> maker.testImages(request)).build();
  }

  private Response sheet(PreviewRequest request) {
    Response.ResponseBuilder response = picture(() -> maker.sheet(request));
    if (request.augmentation().mixesLabels()) {
      response.header("Preview-Note", MIXED);
    }
    return response.build();
  }

  private Response.ResponseBuilder picture(Supplier<ContactSheet> made) {
    if (!places.tryAcquire()) {
      throw new RefusalException(503, "", "other previews are being made; try again in a second");
    }
    try {
      return Response.ok(made.get().png(), PNG).header(HttpHeaders.CACHE_CONTROL, "no-store");
    } finally {
      places.release();
    }
  }

  private static Integer integer(String name, String text) {
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(name, Check.quote(text) + " is not an integer");
    }
  }
}
