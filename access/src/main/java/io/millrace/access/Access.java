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
 * Who is let in. By default nobody is asked, and the service listens to its own machine alone;
 * where it listens to others, tokens must be configured, or their lack be wanted.
 */
@ApplicationScoped
public class Access {
  /** Wrong tokens at once from an address, then one more every six seconds. */
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

  /** The least priority number comes first: before anything is read or written. */
  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event) {
    check();
  }

  /**
   * @throws ConfigurationException whose one line says what to do
   */
  void check() {
    if (!local && tokens.isEmpty() && !settings.off()) {
      throw new ConfigurationException(
          "quarkus.http.host lets others in, and there is no token; give"
              + " millrace.auth.tokens.NAME.sha256 and .role (reader, submitter or admin), or say"
              + " millrace.auth.off=true where something before the service lets in only who may");
    }
  }

  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether nobody is asked who they are. */
  public boolean isOff() {
    return tokens.isEmpty() || settings.off();
  }

  /** Whether only this machine reaches the service. */
  public boolean isLocal() {
    return local;
  }

  /** Whether addresses may ask only so often: nobody limits who is alone with the service. */
  public boolean isLimited() {
    return !(isOff() && local);
  }

  /** Whether health and metrics are told to who shows no token. */
  boolean isHealthOpen() {
    return local || settings.openHealth();
  }

  /**
   * Whose token it is. A token that is let in is let in, however many wrong ones came from the same
   * address: others may share it.
   */
  Optional<Caller> find(String token) {
    return tokens.find(token);
  }

  /**
   * Counts a wrong token.
   *
   * @param address from where it came
   * @return whether too many have come from there of late
   */
  public boolean isOneTooMany(String address) {
    return !wrongTokens.take(address);
  }

  /** Whether a token is let in, for who would keep it in a cookie. */
  public boolean accepts(String token) {
    return find(token).isPresent();
  }
}
