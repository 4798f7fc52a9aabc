package io.millrace.messaging;

import io.millrace.messaging.QueueMember.Taken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Takes records from several topics, the most urgent topic first, with a member for each.
 *
 * <p>An open member fetches in the background and can block a record for other processes. While a
 * record is in progress, only its own member is open. Afterwards more urgent topics are checked
 * before the next record is taken. All members wait together only if all topics are empty. So a
 * record is blocked only if it arrives between two polls, and only until the member is closed.
 */
final class QueueMembers implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(QueueMembers.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** How long a new member may take to get its first answer. */
  private static final Duration JOINING = Duration.ofSeconds(6);

  private final KafkaSettings kafka;
  private final String group;
  private final List<String> topics;
  private final Duration closing;
  private final int fetchMillis;
  private final Map<String, QueueMember> open = new TreeMap<>();
  private Admin admin;

  /**
   * Creates no member yet; members join when they are needed.
   *
   * @param topics the most urgent topic first
   * @param closing how long a member may take to leave
   */
  QueueMembers(KafkaSettings kafka, String group, List<String> topics, Duration closing) {
    this.kafka = kafka;
    this.group = group;
    this.topics = topics;
    this.closing = closing;
    fetchMillis = Math.toIntExact(POLL.dividedBy(topics.size()).toMillis());
  }

  /** The most urgent record; null if none arrives within a short time. */
  Taken next() {
    boolean isListening = open.size() == topics.size();
    Map<String, Long> depths = isListening || topics.size() == 1 ? Map.of() : depths();
    Duration slice = isListening ? POLL.dividedBy(topics.size()) : POLL;
    for (String topic : topics) {
      QueueMember member = open.get(topic);
      Taken taken = null;
      if (member != null) {
        taken = member.poll(slice);
      } else if (depths.getOrDefault(topic, 1L) > 0) {
        taken = opened(topic).pollUntilAnswered(JOINING);
      }
      if (taken != null) {
        return taken;
      }
    }
    topics.forEach(this::opened);
    return null;
  }

  /** Closes the other members, which releases records that they acquired. */
  void closeAllBut(QueueMember busy) {
    for (String topic : topics) {
      QueueMember member = open.get(topic);
      if (member != null && member != busy) {
        open.remove(topic);
        try {
          member.close(closing);
        } catch (KafkaException e) {
          LOG.warnf("Error while leaving the queue %s: %s", topic, e.getMessage());
        }
      }
    }
  }

  /** Closes all members, which releases records that they acquired. */
  void closeAll() {
    closeAllBut(null);
  }

  boolean isConnected() {
    return open.values().stream().allMatch(QueueMember::isConnected);
  }

  private QueueMember opened(String topic) {
    return open.computeIfAbsent(topic, name -> new QueueMember(kafka, group, name, fetchMillis));
  }

  /** The depth of each topic; a topic of unknown depth is absent. */
  private Map<String, Long> depths() {
    try {
      if (admin == null) {
        admin = kafka.admin();
      }
      return QueueDepth.of(admin, group, topics);
    } catch (KafkaException e) {
      LOG.debugf("Cannot read the queue depth of %s: %s", group, e.getMessage());
      return Map.of();
    }
  }

  @Override
  public void close() {
    closeAll();
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
