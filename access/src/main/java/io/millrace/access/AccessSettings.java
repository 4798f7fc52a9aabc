package io.millrace.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;

/** Who is let in. */
@ConfigMapping(prefix = "millrace.auth")
public interface AccessSettings {
  /** Tokens, each under the name of its bearer. */
  Map<String, Token> tokens();

  /** Whether nobody is asked for a token, wherever the service listens. */
  @WithDefault("false")
  boolean off();

  /** Whether health and metrics are read without a token where the service listens to others. */
  @WithDefault("false")
  boolean openHealth();

  /** A token. */
  interface Token {
    /** What its bearer may do. */
    Role role();

    /** Its SHA-256, 64 hexadecimal digits: the token itself is nowhere kept. */
    String sha256();
  }
}
