package io.millrace.augmentation.intake;

import io.millrace.contracts.Check;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The name under which a service announces its data sets. It stays the same after a restart;
 * otherwise earlier announcements would never be withdrawn.
 */
public record AugmenterId(String name) {
  /** The name for a host without a name. */
  private static final String NAMELESS = "augmenter";

  /** Validates the id, which follows the rules for data set names. */
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
