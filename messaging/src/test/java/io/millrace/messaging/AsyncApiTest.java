package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** The AsyncAPI document matches the code. */
class AsyncApiTest {
  private final JsonNode document = read();

  @Test
  void theChannelsMatchTheTopics() {
    var addresses = new HashSet<String>();
    document.path("channels").forEach(channel -> addresses.add(channel.path("address").asText()));
    var topics = new HashSet<>(Set.of(Topics.batches("{run}")));
    Topics.durable(Optional.empty()).forEach(topic -> topics.add(topic.name()));
    assertThat(addresses).isEqualTo(topics);
  }

  @Test
  void everyTopicHasASendAndAReceiveOperation() {
    var used = new HashSet<String>();
    for (JsonNode operation : document.path("operations")) {
      String channel = operation.path("channel").path("$ref").asText().replaceAll(".*/", "");
      used.add(operation.path("action").asText() + " " + channel);
    }
    // People, not services, read dead letters.
    used.add("receive " + Topics.TRAINING_REQUESTS_DLQ);
    used.add("receive " + Topics.TRAINING_EVENTS_DLQ);
    for (NewTopic topic : Topics.durable(Optional.empty())) {
      assertThat(used).contains("send " + topic.name(), "receive " + topic.name());
    }
  }

  @Test
  void partitionsAndRetentionMatchTheTopics() {
    for (NewTopic topic : Topics.durable(Optional.empty())) {
      JsonNode kafka = document.path("channels").path(topic.name()).path("bindings").path("kafka");
      assertThat(kafka.path("partitions").asInt())
          .as(topic.name())
          .isEqualTo(topic.numPartitions());
      assertThat(kafka.path("topicConfiguration").path("retention.ms").asText())
          .as(topic.name())
          .isEqualTo(topic.configs().get(TopicConfig.RETENTION_MS_CONFIG));
      var policies = new ArrayList<String>();
      kafka
          .path("topicConfiguration")
          .path("cleanup.policy")
          .forEach(policy -> policies.add(policy.asText()));
      assertThat(String.join(",", policies))
          .as(topic.name())
          .isEqualTo(topic.configs().getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, ""));
    }
  }

  @Test
  void theDocumentedHeadersMatchTheWrittenHeaders() {
    var headers = new RecordHeaders();
    new BatchHeaders(BatchHeaders.Kind.BATCH, Part.TRAIN, 0, 0, "digest").addTo(headers);
    Set<String> written = new HashSet<>();
    headers.forEach(header -> written.add(header.key()));
    assertThat(headersOf("batch")).isEqualTo(written);
    assertThat(headersOf("refused-request"))
        .isEqualTo(Set.of(Topics.DLQ_FIELD, Topics.DLQ_REASON, Topics.DLQ_RUN));
    JsonNode properties = message("batch").path("headers").path("properties");
    List<String> parts =
        StreamSupport.stream(properties.path("millrace-part").path("enum").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    assertThat(parts).isEqualTo(Arrays.stream(Part.values()).map(Part::name).toList());
  }

  @Test
  void everyReferenceHasATarget() {
    List<JsonNode> references = document.findValues("$ref");
    assertThat(references).isNotEmpty();
    for (JsonNode reference : references) {
      String target = reference.asText();
      if (target.startsWith("#")) {
        assertThat(document.at(target.substring(1)).isMissingNode()).as(target).isFalse();
      } else {
        assertThat(Messages.class.getResource("/io/millrace/contracts/" + target))
            .as(target)
            .isNotNull();
      }
    }
  }

  private Set<String> headersOf(String message) {
    var names = new HashSet<String>();
    message(message).path("headers").path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode message(String name) {
    return document.path("components").path("messages").path(name);
  }

  private static JsonNode read() {
    try (InputStream in =
        Messages.class.getResourceAsStream("/io/millrace/contracts/asyncapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
