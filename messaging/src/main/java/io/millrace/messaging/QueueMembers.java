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
 * Takes from several topics, the most urgent one first, with a member for each.
 *
 * <p>A member fetches by itself, so that one that is open keeps a record from others. While a
 * record is in hand, only its own member is open; after that a more urgent topic is looked at
 * before the next one is taken, and only where nothing waits at all do all members wait for what
 * comes. So a record is kept from others only if it comes in the moment between two polls, and then
 * for as long as a member takes to close.
 */
final class QueueMembers implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(QueueMembers.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** Until a member that has just joined has been told what there is. */
  private static final Duration JOINING = Duration.ofSeconds(6);

  private final KafkaSettings kafka;
  private final String group;
  private final List<String> topics;
  private final Duration closing;
  private final int fetchMillis;
  private final Map<String, QueueMember> open = new TreeMap<>();
  private Admin admin;

  /**
   * Members that join when they are needed.
   *
   * @param topics the most urgent one first
   * @param closing how long a member may take to leave
   */
  QueueMembers(KafkaSettings kafka, String group, List<String> topics, Duration closing) {
    this.kafka = kafka;
    this.group = group;
    this.topics = topics;
    this.closing = closing;
    fetchMillis = Math.toIntExact(POLL.dividedBy(topics.size()).toMillis());
  }

  /** The most urgent record; null where none comes for a moment. */
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

  /** Gives back what the other members may have in hand. */
  void closeAllBut(QueueMember busy) {
    for (String topic : topics) {
      QueueMember member = open.get(topic);
      if (member != null && member != busy) {
        open.remove(topic);
        try {
          member.close(closing);
        } catch (KafkaException e) {
          LOG.warnf("On leaving the queue %s: %s", topic, e.getMessage());
        }
      }
    }
  }

  /** Gives back what any member may have in hand. */
  void closeAll() {
    closeAllBut(null);
  }

  boolean isConnected() {
    return open.values().stream().allMatch(QueueMember::isConnected);
  }

  private QueueMember opened(String topic) {
    return open.computeIfAbsent(topic, name -> new QueueMember(kafka, group, name, fetchMillis));
  }

  /** What is not known may be anything. */
  private Map<String, Long> depths() {
    try {
      if (admin == null) {
        admin = kafka.admin();
      }
      return QueueDepth.of(admin, group, topics);
    } catch (KafkaException e) {
      LOG.debugf("How much waits for the %s is not known: %s", group, e.getMessage());
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
