package io.millrace.augmentation.intake;

import io.millrace.contracts.Check;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Who announces data sets. It stays the same when the service starts again: otherwise what it said
 * before would never be taken back.
 */
public record AugmenterId(String name) {
  /** The name of a host that has none. */
  private static final String NAMELESS = "augmenter";

  /** An id is a name as those of data sets are. */
  public AugmenterId {
    Check.name("millrace.augmentation.id", name);
  }

  /** The configured id, or else the host's name. */
  static AugmenterId of(Optional<String> configured) {
    return new AugmenterId(configured.orElseGet(AugmenterId::host));
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
      return Check.name("host", host.length() > 100 ? host.substring(0, 100) : host);
    } catch (UnknownHostException | IllegalArgumentException e) {
      return NAMELESS;
    }
  }
}
