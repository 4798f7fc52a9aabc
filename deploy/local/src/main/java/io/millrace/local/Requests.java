package io.millrace.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.RunIds;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.messaging.ClientSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Training requests on their way from files to Kafka. */
final class Requests {
  private static final ObjectMapper JSON = Json.MAPPER;

  /**
   * A request to publish.
   *
   * @param run its id, which becomes the record's key; of a sweep the base of its runs' ids
   * @param runs the ids of all its runs; empty where it is invalid
   * @param json as it is published
   * @param identified the same, with its run in it
   * @param complaint what the services will refuse it for; empty if nothing is known against it
   */
  record Request(
      String run, List<String> runs, byte[] json, byte[] identified, Optional<String> complaint) {
    static Request of(ObjectNode node) {
      String run =
          node.path("run").isTextual()
              ? node.get("run").textValue()
              : RunIds.fresh(node, UUID.randomUUID());
      byte[] json = node.toString().getBytes(StandardCharsets.UTF_8);
      byte[] identified =
          node.deepCopy().put("run", run).toString().getBytes(StandardCharsets.UTF_8);
      try {
        return new Request(run, runs(run, json), json, identified, Optional.empty());
      } catch (InvalidMessageException e) {
        return new Request(run, List.of(), json, identified, Optional.of(e.getMessage()));
      }
    }

    private static List<String> runs(String run, byte[] json) {
      if (Sweep.isSweep(json)) {
        return Sweep.read(json, run).runs();
      }
      Messages.readRequest(json);
      return List.of(Check.name("run", run));
    }
  }

  private Requests() {}

  /**
   * Reads a file that holds a request, or a list of them.
   *
   * @param source of the text, for errors
   */
  static List<Request> parse(String source, String text) {
    return parse(source, text, null);
  }

  /**
   * Reads a file that holds a request, or a list of them.
   *
   * @param source of the text, for errors
   * @param priority of all of them, in place of their own; null: their own
   */
  static List<Request> parse(String source, String text, Integer priority) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UserError(
          source
              + ", line "
              + e.getLocation().getLineNr()
              + ", is not JSON: "
              + e.getOriginalMessage());
    }
    var requests = new ArrayList<Request>();
    for (JsonNode element : node.isArray() ? node : List.of(node)) {
      if (!element.isObject()) {
        throw new UserError(source + " holds no request; give a JSON object or a list of them");
      }
      ObjectNode request = (ObjectNode) element;
      if (priority != null) {
        request.put("priority", priority);
      }
      requests.add(Request.of(request));
    }
    return requests;
  }

  /**
   * What is wrong with requests: by the rules of messages, and, where a results service answers, by
   * all that it would refuse them for.
   */
  static List<String> complaints(List<Request> requests, Results results) {
    var complaints = new ArrayList<String>();
    for (Request request : requests) {
      request
          .complaint()
          .or(() -> results.complaint(request.identified()))
          .ifPresent(reason -> complaints.add(request.run() + " is invalid: " + reason));
    }
    return complaints;
  }

  /** Publishes requests; all of them are in Kafka when this returns. */
  static void publish(String bootstrapServers, List<Request> requests) {
    publish(clients(bootstrapServers), requests);
  }

  /**
   * The same.
   *
   * @param clients how Kafka's clients reach the broker
   */
  static void publish(Map<String, Object> clients, List<Request> requests) {
    try (var admin = Admin.create(clients);
        var producer =
            new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
      ensureTopics(admin);
      for (Request request : requests) {
        byte[] key = request.run().getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, key, request.json())).get();
      }
    } catch (KafkaException | ExecutionException e) {
      throw new UserError(
          "Kafka does not take the request at "
              + clients.get("bootstrap.servers")
              + " ("
              + e.getMessage()
              + "); start it with: deploy/millrace up");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ensureTopics(Admin admin) {
    try {
      new TopicProvisioner(admin).ensureDurable(Optional.empty());
    } catch (AuthorizationException e) {
      // Who may do nothing but publish leaves the topics to the services.
    }
  }

  /**
   * Of a broker that asks for TLS and passwords the environment tells, as it tells the services.
   */
  private static Map<String, Object> clients(String bootstrapServers) {
    var clients = new HashMap<>(ClientSettings.of(System.getenv()));
    clients.put("bootstrap.servers", bootstrapServers);
    clients.put("max.block.ms", 15_000);
    clients.put("request.timeout.ms", 10_000);
    clients.put("default.api.timeout.ms", 15_000);
    clients.put("max.request.size", Messages.MAX_BYTES);
    return clients;
  }
}
