package io.millrace.messaging;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Tells trouble with Kafka that passes from trouble that stays until somebody mends it. */
public final class Troubles {
  /** More causes than any exception has, unless it is among its own. */
  private static final int MOST_CAUSES = 32;

  private Troubles() {}

  /**
   * Whether trying again is of no use: a right is missing, or a password is wrong; a setting, a
   * topic's name or a record's size is not possible; the broker is too old.
   *
   * @param trouble also one whose cause is meant
   */
  public static boolean isPermanent(Throwable trouble) {
    Throwable cause = trouble;
    for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
      if (cause instanceof AuthorizationException
          || cause instanceof AuthenticationException
          || cause instanceof ConfigException
          || cause instanceof InvalidConfigurationException
          || cause instanceof InvalidTopicException
          || cause instanceof PolicyViolationException
          || cause instanceof RecordTooLargeException
          || cause instanceof UnsupportedVersionException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
