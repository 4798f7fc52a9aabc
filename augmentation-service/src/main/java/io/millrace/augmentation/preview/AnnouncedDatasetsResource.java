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

/** The data sets that there are, as this augmenter announces them. */
@Path("/datasets")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.READER)
public class AnnouncedDatasetsResource {
  private final DatasetCatalog catalog;
  private final AugmenterId augmenter;

  /** By name. */
  record Announced(List<DatasetAnnouncement> datasets) {}

  AnnouncedDatasetsResource(DatasetCatalog catalog, AugmenterId augmenter) {
    this.catalog = catalog;
    this.augmenter = augmenter;
  }

  /** What is known of every data set by now, sorted by name. */
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

  /** What is in a data set, which is read for it where it was not yet. */
  @GET
  @Path("/{name}")
  public byte[] one(@PathParam("name") String name) {
    return Messages.write(catalog.facts(name).announcement(name, augmenter.name(), Instant.now()));
  }
}
