package io.millrace.augmentation.preview;

import io.millrace.access.Roles;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.intake.AugmenterId;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.json.Messages;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;

/** The data sets as this service announces them. */
@Path("/datasets")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.READER)
public class AnnouncedDatasetsResource {
  private final DatasetCatalog catalog;
  private final AugmenterId augmenter;

  /** The announcements, sorted by name. */
  record Announced(List<DatasetAnnouncement> datasets) {}

  AnnouncedDatasetsResource(DatasetCatalog catalog, AugmenterId augmenter) {
    this.catalog = catalog;
    this.augmenter = augmenter;
  }

  /** Returns the announcement of every data set that has been read, sorted by name. */
  @GET
  public byte[] all() {
    return Messages.write(
        new Announced(
            catalog.facts().entrySet().stream()
                .map(
                    known ->
                        known
                            .getValue()
                            .announcement(known.getKey(), augmenter.name(), Instant.now()))
                .toList()));
  }

  /** Returns the announcement of a data set; reads it first if necessary. */
  @GET
  @Path("/{name}")
  public byte[] one(@PathParam("name") String name) {
    return Messages.write(catalog.facts(name).announcement(name, augmenter.name(), Instant.now()));
  }
}
