package io.millrace.augmentation.preview;

import io.millrace.access.Roles;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The data sets that there are. */
@Path("/datasets")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.READER)
public class DatasetsResource {
  private final DatasetCatalog catalog;
  private final SheetMaker maker;

  /** Names; what lies under them is not looked at. */
  @RegisterForReflection
  record Names(List<String> datasets) {}

  DatasetsResource(DatasetCatalog catalog, SheetMaker maker) {
    this.catalog = catalog;
    this.maker = maker;
  }

  /** The names that data sets here seem to have, sorted. */
  @GET
  public byte[] names() {
    return Messages.write(new Names(catalog.names()));
  }

  /** What a data set of images holds, split as by default: its classes, size and samples. */
  @GET
  @Path("/{name}")
  public byte[] description(@PathParam("name") String name) {
    var spec = new DatasetSpec.Images(name, null, null, null, null, null, null);
    return Messages.write(maker.open(spec).description());
  }
}
