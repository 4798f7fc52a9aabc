package io.millrace.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.messaging.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks that the rights of Kafka users in production match the operations in the AsyncAPI
 * document. {@code WholeStackIT} runs the services with these rights.
 */
class RightsTest {
  private static final String API = "contracts/src/main/resources/io/millrace/contracts/";
  private static final String PUBLISHER = "publisher";
  private static final Pattern TRANSACTIONS =
      Pattern.compile("transactionalProducer\\(\\s*\"([^\"]+)\"");

  private final List<KafkaRights> users =
      Overlay.of("production").objects("KafkaUser").map(KafkaRights::of).toList();

  @Test
  void usersHaveExactlyTheTopicRightsOfTheAsyncApiDocument() {
    Map<String, Set<String>> required = new TreeMap<>();
    for (JsonNode operation :
        Checkout.yaml(Checkout.text(API + "asyncapi.yaml")).get(0).path("operations")) {
      String channel = operation.at("/channel/$ref").asText().replaceAll(".*/", "");
      String topic = channel.equals("batches") ? Topics.batches("shoes-1") : channel;
      String right = operation.path("action").asText().equals("send") ? "Write" : "Read";
      for (String user : operation.path("title").asText().split(", | and ")) {
        required.computeIfAbsent(right + " " + topic, key -> new TreeSet<>()).add(user);
      }
    }

    assertThat(granted(required.keySet())).isEqualTo(required);
    assertThat(required.keySet())
        .as("every topic has a writer and a reader")
        .containsAll(ofEveryTopic());
  }

  /** For every durable topic, the rights that at least one user must have. */
  private static Set<String> ofEveryTopic() {
    var rights = new TreeSet<String>();
    for (String topic : topics()) {
      rights.add("Write " + topic);
      rights.add("Read " + topic);
    }
    // Only people read dead letters.
    rights.remove("Read " + Topics.TRAINING_REQUESTS_DLQ);
    rights.remove("Read " + Topics.TRAINING_EVENTS_DLQ);
    return rights;
  }

  /** The users who have each right, on the topics of these rights and on all durable topics. */
  private Map<String, Set<String>> granted(Set<String> rights) {
    var granted = new TreeMap<String, Set<String>>();
    var topics = new TreeSet<>(topics());
    rights.forEach(right -> topics.add(right.replaceAll(".* ", "")));
    for (String topic : topics) {
      for (String operation : List.of("Read", "Write")) {
        for (KafkaRights user : users) {
          if (user.may(operation, "topic", topic)) {
            granted
                .computeIfAbsent(operation + " " + topic, key -> new TreeSet<>())
                .add(user.name());
          }
        }
      }
    }
    return granted;
  }

  @Test
  void thePublisherCanOnlyWriteRequestsAndSweeps() {
    KafkaRights publisher = user(PUBLISHER);

    assertThat(publisher.all())
        .containsExactlyInAnyOrder(
            "Write topic " + Topics.TRAINING_REQUESTS, "Write topic " + Topics.TRAINING_SWEEPS);
    assertThat(Topics.queues()).noneMatch(queue -> publisher.may("Write", "topic", queue));
  }

  @ParameterizedTest
  @ValueSource(strings = {"results-service", "augmentation-service", "trainer-service"})
  void everyServiceMayCreateTopicsAndConfigureGroupsAtStartup(String service) {
    KafkaRights user = user(service);

    assertThat(topics())
        .allSatisfy(
            topic ->
                assertThat(List.of("Create", "Describe", "DescribeConfigs"))
                    .as(topic)
                    .allMatch(operation -> user.may(operation, "topic", topic)));
    assertThat(List.of(Topics.TRAINERS, Topics.AUGMENTERS))
        .allSatisfy(
            group ->
                assertThat(List.of("Describe", "AlterConfigs"))
                    .as(group)
                    .allMatch(operation -> user.may(operation, "group", group)));
  }

  @Test
  void onlyOneServiceMayJoinEachGroup() {
    assertThat(whoMay("Read", "group", Topics.DESK)).containsExactly("results-service");
    assertThat(whoMay("Read", "group", "results")).containsExactly("results-service");
    assertThat(whoMay("Read", "group", Topics.TRAINERS)).containsExactly("trainer-service");
    assertThat(whoMay("Read", "group", Topics.AUGMENTERS)).containsExactly("augmentation-service");
  }

  @Test
  void onlyTheResultsServiceMayUseItsTransactionalIds() {
    List<String> prefixes =
        TRANSACTIONS
            .matcher(Checkout.sources("results-service/src/main/java"))
            .results()
            .map(found -> found.group(1))
            .toList();

    assertThat(prefixes).isNotEmpty();
    for (String prefix : prefixes) {
      for (String operation : List.of("Write", "Describe")) {
        assertThat(whoMay(operation, "transactionalId", prefix + "results-1"))
            .as(operation + " " + prefix)
            .containsExactly("results-service");
      }
    }
  }

  @Test
  void onlyTrainersMayCreateAndDeleteTheBatchTopicsOfRuns() {
    for (String operation : List.of("Create", "Delete")) {
      assertThat(whoMay(operation, "topic", Topics.batches("shoes-1")))
          .as(operation)
          .containsExactly("trainer-service");
    }
    assertThat(topics())
        .as("nobody may delete durable topics")
        .allMatch(topic -> whoMay("Delete", "topic", topic).isEmpty());
  }

  private List<String> whoMay(String operation, String type, String name) {
    return users.stream()
        .filter(user -> user.may(operation, type, name))
        .map(KafkaRights::name)
        .toList();
  }

  private KafkaRights user(String name) {
    return users.stream().filter(user -> user.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String> topics() {
    return Topics.durable(Optional.empty()).stream().map(NewTopic::name).toList();
  }

  /**
   * The rights of a user.
   *
   * @param name name of the user
   */
  private record KafkaRights(String name, List<Right> rights) {
    static KafkaRights of(JsonNode user) {
      var rights = new ArrayList<Right>();
      user.at("/spec/authorization/acls")
          .forEach(
              acl ->
                  acl.path("operations")
                      .forEach(
                          operation ->
                              rights.add(Right.of(operation.asText(), acl.path("resource")))));
      return new KafkaRights(Overlay.name(user), List.copyOf(rights));
    }

    boolean may(String operation, String type, String resource) {
      return rights.stream().anyMatch(right -> right.allows(operation, type, resource));
    }

    Stream<String> all() {
      return rights.stream()
          .map(right -> right.operation + " " + right.type + " " + right.resource);
    }
  }

  private record Right(String operation, String type, String resource, boolean isPrefix) {
    static Right of(String operation, JsonNode resource) {
      return new Right(
          operation,
          resource.path("type").asText(),
          resource.path("name").asText(),
          resource.path("patternType").asText().equals("prefix"));
    }

    boolean allows(String required, String ofType, String name) {
      return operation.equals(required)
          && type.equals(ofType)
          && (isPrefix ? name.startsWith(resource) : name.equals(resource));
    }
  }
}
