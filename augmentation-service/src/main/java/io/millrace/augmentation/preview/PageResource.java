package io.millrace.augmentation.preview;

import io.millrace.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The page on which augmentations are tried, its files below it. */
@Path("/preview/page")
@RolesAllowed(Roles.READER)
public class PageResource {
  /** Nothing from elsewhere; the sheet is made an object URL. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** The page. */
  @GET
  public Response page() {
    return file("page.html", "text/html;charset=UTF-8");
  }

  /** Its look. */
  @GET
  @Path("/page.css")
  public Response style() {
    return file("page.css", "text/css;charset=UTF-8");
  }

  /** What it does. */
  @GET
  @Path("/{name: page|controls|options}.js")
  public Response script(@PathParam("name") String name) {
    return file(name + ".js", "text/javascript;charset=UTF-8");
  }

  private static Response file(String name, String type) {
    try (InputStream file = PageResource.class.getResourceAsStream(name)) {
      return Response.ok(file.readAllBytes(), type)
          .header(HttpHeaders.CACHE_CONTROL, "no-cache")
          .header("Content-Security-Policy", POLICY)
          .header("X-Content-Type-Options", "nosniff")
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
