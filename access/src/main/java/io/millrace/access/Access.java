package io.millrace.access;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Decides who has access. By default no token is needed, and the service listens only on its own
 * machine. A service that other machines can reach needs tokens, or an explicit setting that turns
 * authentication off.
 */
@ApplicationScoped
public class Access {
  /** Wrong tokens that an address may send at once; then one more every six seconds. */
  private static final int WRONG_TOKENS = 10;

  private static final double WRONG_TOKENS_PER_SECOND = 1.0 / 6;

  private final AccessSettings settings;
  private final Tokens tokens;
  private final boolean local;
  private final RateLimit wrongTokens =
      new RateLimit(WRONG_TOKENS_PER_SECOND, WRONG_TOKENS, System::nanoTime);

  Access(AccessSettings settings, @ConfigProperty(name = "quarkus.http.host") String host) {
    this.settings = settings;
    this.local = isLoopback(host);
    this.tokens = tokens(settings);
  }

  private static Tokens tokens(AccessSettings settings) {
    try {
      return new Tokens(settings.tokens());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(e.getMessage());
    }
  }

  /** The lowest priority number runs first, before anything is read or written. */
  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event) {
    check();
  }

  /**
   * @throws ConfigurationException with one line that says what to do
   */
  void check() {
    if (!local && tokens.isEmpty() && !settings.off()) {
      throw new ConfigurationException(
          "quarkus.http.host is open to other machines, but no token is configured; give"
              + " millrace.auth.tokens.NAME.sha256 and .role (reader, submitter or admin), or set"
              + " millrace.auth.off=true if a proxy in front of the service controls access");
    }
  }

  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether no token is needed. */
  public boolean isOff() {
    return tokens.isEmpty() || settings.off();
  }

  /** Whether only this machine can reach the service. */
  public boolean isLocal() {
    return local;
  }

  /** Whether rate limits apply. They do not if only this machine can reach the service. */
  public boolean isLimited() {
    return !(isOff() && local);
  }

  /** Whether health and metrics need no token. */
  boolean isHealthOpen() {
    return local || settings.openHealth();
  }

  /**
   * The owner of a token. A valid token is accepted even after many wrong ones from the same
   * address, because several users may share the address.
   */
  Optional<Caller> find(String token) {
    return tokens.find(token);
  }

  /**
   * Counts a wrong token.
   *
   * @param address the address that sent it
   * @return whether the address recently sent too many
   */
  public boolean isOneTooMany(String address) {
    return !wrongTokens.take(address);
  }

  /** Whether a token is valid, before it is stored in a cookie. */
  public boolean accepts(String token) {
    return find(token).isPresent();
  }
}
