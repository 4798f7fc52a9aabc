package io.millrace.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;

/** Authentication. */
@ConfigMapping(prefix = "millrace.auth")
public interface AccessSettings {
  /** The tokens, by the name of their user. */
  Map<String, Token> tokens();

  /** Whether authentication is off, even if other machines can reach the service. */
  @WithDefault("false")
  boolean off();

  /** Whether health and metrics need no token even if other machines can reach the service. */
  @WithDefault("false")
  boolean openHealth();

  /** A token. */
  interface Token {
    /** What the user of the token may do. */
    Role role();

    /** The SHA-256 of the token, 64 hexadecimal digits. The token itself is not stored. */
    String sha256();
  }
}
