package io.millrace.results.http;

import io.millrace.access.Access;
import io.millrace.access.TokenAuthentication;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Stores tokens in cookies, because pages and event streams in browsers cannot send a header. */
@Path("/")
@Tag(name = "access", description = "Login and logout of browsers.")
@PermitAll
public class LoginResource {
  private static final Logger LOG = Logger.getLogger(LoginResource.class);
  private static final String LOGGED_IN = "millrace-login";
  private static final Duration KEPT = Duration.ofDays(30);

  /** The token syntax of RFC 6750, which a cookie can hold. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,512}=*");

  private final Access access;

  LoginResource(Access access) {
    this.access = access;
  }

  @POST
  @Path("login")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Operation(
      operationId = "login",
      summary = "Store a token in a cookie",
      description = "For browsers. Scripts cannot read the cookie.")
  @APIResponse(responseCode = "303", description = "To /ui/, or back to /ui/login?failed.")
  @APIResponse(responseCode = "429", description = "Too many wrong tokens from this address.")
  public Response login(@FormParam("token") String token, @Context HttpServerRequest request) {
    String address = request.remoteAddress().hostAddress();
    if (token == null
        || !TOKEN.matcher(token.strip()).matches()
        || !access.accepts(token.strip())) {
      if (access.isOneTooMany(address)) {
        throw new WebApplicationException("too many wrong tokens; try again in 6 seconds", 429);
      }
      LOG.infof("login failed from %s", address);
      return Response.seeOther(URI.create("/ui/login?failed")).build();
    }
    return Response.seeOther(URI.create("/ui/"))
        .cookie(cookies(token.strip(), (int) KEPT.toSeconds()))
        .build();
  }

  @POST
  @Path("logout")
  @Operation(
      operationId = "logout",
      summary = "Delete the cookie",
      description = "For browsers. Redirects to the login page.")
  @APIResponse(responseCode = "303", description = "To /ui/login.")
  public Response logout() {
    return Response.seeOther(URI.create("/ui/login")).cookie(cookies("", 0)).build();
  }

  /**
   * One cookie with the token, which scripts cannot read, and one that tells the pages that it
   * exists.
   */
  private NewCookie[] cookies(String token, int maxAge) {
    return new NewCookie[] {
      cookie(TokenAuthentication.COOKIE, token, maxAge).httpOnly(true).build(),
      cookie(LOGGED_IN, token.isEmpty() ? "" : "yes", maxAge).build()
    };
  }

  private NewCookie.Builder cookie(String name, String value, int maxAge) {
    return new NewCookie.Builder(name)
        .value(value)
        .path("/")
        .maxAge(maxAge)
        .sameSite(NewCookie.SameSite.STRICT)
        .secure(!access.isLocal());
  }
}
