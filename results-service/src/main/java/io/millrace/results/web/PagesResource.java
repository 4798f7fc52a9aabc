package io.millrace.results.web;

import io.millrace.access.Roles;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Serves the pages. Each is the same HTML shell; its script fills it with data from the other
 * resources.
 */
@Path("/")
@NonBlocking
@RolesAllowed(Roles.READER)
public class PagesResource {
  private static final String HTML = "text/html;charset=UTF-8";

  /** Paths under /ui that main.js knows. */
  private static final Pattern PAGES =
      Pattern.compile(
          "|/|/runs|/new|/preview|/compare|/(experiments|runs)/[^/]+|/experiments/[^/]+/report");

  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "html", HTML);

  /** One entry per file. */
  private final Map<String, Asset> assets = new ConcurrentHashMap<>();

  /** Redirects the root to the pages. */
  @GET
  @Operation(hidden = true)
  public Response root() {
    return Response.seeOther(URI.create("/ui/")).build();
  }

  /** Any page. An unknown one gets status 404 and says so itself. */
  @GET
  @Path("ui{page: (/.*)?}")
  @Operation(hidden = true)
  public Response page(@PathParam("page") String page, @Context Request request) {
    return PAGES.matcher(page).matches()
        ? answer("shell.html", request)
        : Response.fromResponse(answer("shell.html", request))
            .status(Response.Status.NOT_FOUND)
            .build();
  }

  /** The login page. */
  @GET
  @Path("ui/login")
  @PermitAll
  @Operation(hidden = true)
  public Response login(@Context Request request) {
    return answer("shell.html", request);
  }

  /**
   * The files of the pages. Names have no dots before the extension, so they cannot leave the
   * folder.
   */
  @GET
  @Path(
      "ui/assets/{name: (vendor/[a-z-]+/)?[A-Za-z0-9-]+(\\.[a-z]+)?(\\.min)?\\.(js|css|json|svg)}")
  @PermitAll
  @Operation(hidden = true)
  public Response asset(@PathParam("name") String name, @Context Request request) {
    return answer(name, request);
  }

  private Response answer(String name, Request request) {
    Asset asset =
        assets.computeIfAbsent(
            name, file -> Asset.load(file, TYPES.get(file.substring(file.lastIndexOf('.') + 1))));
    if (asset == null) {
      throw new NotFoundException();
    }
    return asset.answer(request);
  }
}
