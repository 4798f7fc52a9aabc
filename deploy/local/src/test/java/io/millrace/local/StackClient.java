package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A client of a running stack for tests. It publishes to Kafka and sends HTTP requests. */
final class StackClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final StackSettings settings;
  private final Map<String, String> security;
  private final Duration patience;
  private final Results results;

  /**
   * @param security security settings of the Kafka clients
   * @param patience time limit for a run
   */
  StackClient(StackSettings settings, Map<String, String> security, Duration patience) {
    this.settings = settings;
    this.security = security;
    this.patience = patience;
    this.results = new Results(settings.addresses().results());
  }

  /**
   * Settings of a stack on free ports, with room for two augmentation services and two trainers.
   * Its services are native executables if the system property {@code millrace.native} is true.
   */
  static StackSettings freshStack(int augmenters, int trainers) {
    int port = freePorts(7);
    return new StackSettings(
        port,
        port + 1,
        port + 2,
        port + 3,
        port + 5,
        augmenters,
        trainers,
        List.of(),
        Boolean.getBoolean("millrace.native"));
  }

  /**
   * Finds consecutive free ports and returns the first. They are below the range that the system
   * uses for connections, so that they stay free until a second trainer starts minutes later.
   */
  private static int freePorts(int count) {
    return new Random()
        .ints(20_000, 30_000)
        .filter(first -> IntStream.range(first, first + count).allMatch(StackClient::isFree))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Settings of Kafka's clients. */
  Map<String, Object> kafka() {
    var kafka = new HashMap<String, Object>(security);
    kafka.put("bootstrap.servers", settings.addresses().broker());
    return kafka;
  }

  void publish(String key, String value) throws Exception {
    var kafka = kafka();
    kafka.put("max.request.size", 8 << 20);
    try (var producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, key, value)).get();
    }
  }

  /** Submits a request over HTTP, in a trace that the submitter started. */
  void submit(String request, String traceParent) throws Exception {
    var post =
        HttpRequest.newBuilder(URI.create(settings.addresses().results() + "/runs"))
            .header("Content-Type", "application/json")
            .header("traceparent", traceParent)
            .POST(HttpRequest.BodyPublishers.ofString(request))
            .build();
    assertThat(HTTP.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
  }

  /** Sends a DELETE request and checks that the service accepts it. */
  void delete(String path) throws Exception {
    var delete =
        HttpRequest.newBuilder(URI.create(settings.addresses().results() + path)).DELETE().build();
    assertThat(HTTP.send(delete, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
  }

  /** The number of committed records with each key in these topics. */
  Map<String, Long> recordsByKey(List<String> topics) {
    var kafka = kafka();
    kafka.put("isolation.level", "read_committed");
    var counts = new HashMap<String, Long>();
    try (var consumer =
        new KafkaConsumer<>(kafka, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> counts.merge(record.key(), 1L, Long::sum));
      }
    }
    return counts;
  }

  /** A run; empty if it does not exist. */
  Optional<JsonNode> run(String run) {
    return results.run(run);
  }

  JsonNode ended(String run) {
    return await()
        .atMost(patience)
        .until(() -> run(run).filter(Watch::hasEnded), Optional::isPresent)
        .orElseThrow();
  }

  JsonNode completed(String run) {
    JsonNode ended = ended(run);
    assertThat(ended.path("state").asText())
        .as("%s: %s", run, ended.path("reason").asText())
        .isEqualTo("COMPLETED");
    return ended;
  }

  /** The loss of every step of a run. */
  List<Double> losses(String run) throws Exception {
    var losses = new ArrayList<Double>();
    get("/runs/" + run + "/losses?limit=100000")
        .path("steps")
        .forEach(step -> losses.add(step.path("loss").asDouble()));
    return losses;
  }

  JsonNode get(String path) throws Exception {
    return JSON.readTree(body(settings.addresses().results() + path));
  }

  /**
   * Sends a GET request and returns the response with any status.
   *
   * @param tag entity tag of a cached response; null for none
   */
  HttpResponse<byte[]> answer(String address, String tag) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(address));
    if (tag != null) {
      request.header("If-None-Match", tag);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  String body(String address) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(address)).build();
    var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(address).isEqualTo(200);
    return response.body();
  }
}
