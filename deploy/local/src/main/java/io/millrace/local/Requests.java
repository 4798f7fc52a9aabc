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

/** Reads training requests from files, checks them and publishes them to Kafka. */
final class Requests {
  private static final ObjectMapper JSON = Json.MAPPER;

  /**
   * A training request to publish.
   *
   * @param run the id of the run, which is the key of the record; for a sweep, the prefix of the
   *     ids of its runs
   * @param runs the ids of all its runs; empty if the request is invalid
   * @param json the request as it is published
   * @param identified the request with its run's id in it
   * @param complaint why the request is invalid; empty if it is valid
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
   * Reads a file with one request or a list of requests.
   *
   * @param source name of the file, for errors
   */
  static List<Request> parse(String source, String text) {
    return parse(source, text, null);
  }

  /**
   * Reads a file with one request or a list of requests.
   *
   * @param source name of the file, for errors
   * @param priority priority of all requests; null to keep their own
   */
  static List<Request> parse(String source, String text, Integer priority) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UserError(
          source
              + ": line "
              + e.getLocation().getLineNr()
              + " is not valid JSON: "
              + e.getOriginalMessage());
    }
    var requests = new ArrayList<Request>();
    for (JsonNode element : node.isArray() ? node : List.of(node)) {
      if (!element.isObject()) {
        throw new UserError(
            source + ": is not a training request; give a JSON object or a list of JSON objects");
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
   * Checks requests by the rules of messages and, if a results service is available, by its rules.
   *
   * @return one line for each invalid request
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

  /** Publishes requests; Kafka has stored all of them when this returns. */
  static void publish(String bootstrapServers, List<Request> requests) {
    publish(clients(bootstrapServers), requests);
  }

  /**
   * Publishes requests; Kafka has stored all of them when this returns.
   *
   * @param clients settings of the Kafka clients
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
          "Kafka at "
              + clients.get("bootstrap.servers")
              + " did not store the request ("
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
      // A user that may only publish cannot create topics; the services do.
    }
  }

  /**
   * Settings of the Kafka clients. Those for TLS and passwords come from {@code KAFKA_*} variables,
   * as in the services.
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
