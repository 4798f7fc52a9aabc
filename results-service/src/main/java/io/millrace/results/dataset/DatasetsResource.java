package io.millrace.results.dataset;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.results.admission.Catalogue;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.query.UnknownException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves the catalogue of data sets. */
@Path("/datasets")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "datasets", description = "The data sets that runs can train on.")
@RolesAllowed(Roles.READER)
public class DatasetsResource {
  private final Catalogue catalogue;

  DatasetsResource(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** A list in an object, so that fields can be added later. */
  @Schema(description = "The announced data sets, sorted by name.")
  public record Datasets(
      @Schema(description = "The data sets, each once.") List<DatasetView> datasets) {}

  @GET
  @Operation(
      operationId = "datasets",
      summary = "Data sets",
      description = "The data sets that the augmentation services announce, sorted by name.")
  public Datasets list() {
    return new Datasets(catalogue.all().values().stream().map(DatasetView::of).toList());
  }

  @GET
  @Path("/{dataset}")
  @Operation(
      operationId = "dataset",
      summary = "A data set",
      description = "As the augmentation services announce it.")
  @APIResponse(
      responseCode = "200",
      description = "The data set.",
      content = @Content(schema = @Schema(implementation = DatasetView.class)))
  @APIResponse(
      responseCode = "404",
      description = "No augmentation service announces it.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public DatasetView one(
      @PathParam("dataset") @Parameter(description = "The data set's name.") String dataset) {
    List<DatasetAnnouncement> said = catalogue.of(Check.name("dataset", dataset));
    if (said.isEmpty()) {
      throw new UnknownException("data set " + Check.quote(dataset) + " does not exist");
    }
    return DatasetView.of(said);
  }
}
