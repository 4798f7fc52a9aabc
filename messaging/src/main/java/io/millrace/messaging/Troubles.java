package io.millrace.messaging;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Distinguishes temporary Kafka errors from those that last until an operator fixes them. */
public final class Troubles {
  /** More causes than any exception has, unless its causes form a cycle. */
  private static final int MOST_CAUSES = 32;

  private Troubles() {}

  /**
   * Whether a retry cannot help: a right is missing, a password is wrong, a setting, a topic name
   * or a record size is invalid, or the broker is too old.
   *
   * @param trouble the error, or an exception that it caused
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
