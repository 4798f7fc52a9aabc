package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The settings of a broker and of its clients. The broker accepts only TLS with passwords, and
 * enforces the rights of its users.
 *
 * @param folder folder for the key store and the certificate
 */
record SecuredBroker(Path folder) {
  private static final Path USERS = Path.of("../kubernetes/overlays/production/kafka-users.yaml");
  private static final String PASSWORD = "a-password";
  private static final String PLAIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required";
  private static final String SCRAM =
      "org.apache.kafka.common.security.scram.ScramLoginModule required";

  /** Creates the key store and the certificate of a broker on 127.0.0.1. */
  static SecuredBroker in(Path folder) throws IOException, InterruptedException {
    var secured = new SecuredBroker(folder);
    secured.keytool(
        "-genkeypair",
        "-alias",
        "kafka",
        "-keyalg",
        "EC",
        "-dname",
        "CN=kafka",
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "2");
    secured.keytool(
        "-exportcert", "-rfc", "-alias", "kafka", "-file", secured.certificate().toString());
    return secured;
  }

  /**
   * Adds the users of the production overlay, with their rights, to the broker of a local stack.
   *
   * @param port port of the broker
   */
  void prepare(Home home, int port) throws Exception {
    Files.writeString(home.kafkaSettings(), lines(brokerSettings()));
    try (var kafka = start(home, port);
        var admin = Admin.create(withBootstrap(kafka.bootstrapServers()))) {
      for (JsonNode user : users()) {
        String name = user.path("metadata").path("name").textValue();
        var password =
            new UserScramCredentialUpsertion(
                name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096), PASSWORD);
        admin.alterUserScramCredentials(List.of(password)).all().get();
        admin.createAcls(rights(name, user.path("spec").path("authorization"))).all().get();
      }
    }
  }

  /** Starts the prepared broker. */
  EmbeddedKafka start(Home home, int port) throws IOException {
    return EmbeddedKafka.start(home.kafka(), port, brokerSettings());
  }

  private static List<JsonNode> users() throws IOException {
    try (MappingIterator<JsonNode> documents =
        new YAMLMapper().readerFor(JsonNode.class).readValues(USERS.toFile())) {
      return documents.readAll();
    }
  }

  private static List<AclBinding> rights(String user, JsonNode authorization) {
    var rights = new ArrayList<AclBinding>();
    for (JsonNode acl : authorization.path("acls")) {
      JsonNode resource = acl.path("resource");
      var pattern =
          new ResourcePattern(
              ResourceType.fromString(underscored(resource.path("type").textValue())),
              resource.path("name").textValue(),
              resource.path("patternType").asText("literal").equals("prefix")
                  ? PatternType.PREFIXED
                  : PatternType.LITERAL);
      for (JsonNode operation : acl.path("operations")) {
        rights.add(
            new AclBinding(
                pattern,
                new AccessControlEntry(
                    "User:" + user,
                    "*",
                    AclOperation.fromString(underscored(operation.textValue())),
                    AclPermissionType.ALLOW)));
      }
    }
    return rights;
  }

  /** Converts {@code AlterConfigs} to {@code Alter_Configs}. */
  private static String underscored(String operation) {
    return operation.replaceAll("(?<=[a-z])(?=[A-Z])", "_");
  }

  private Map<String, String> brokerSettings() {
    return Map.ofEntries(
        Map.entry("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT"),
        Map.entry("ssl.keystore.type", "PKCS12"),
        Map.entry("ssl.keystore.location", keyStore().toString()),
        Map.entry("ssl.keystore.password", PASSWORD),
        // The broker is also a client of itself.
        Map.entry("ssl.truststore.type", "PEM"),
        Map.entry("ssl.truststore.location", certificate().toString()),
        Map.entry("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512"),
        Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
        Map.entry(
            "listener.name.clients.plain.sasl.jaas.config",
            PLAIN + login("broker") + " user_broker=\"" + PASSWORD + "\";"),
        Map.entry("listener.name.clients.scram-sha-512.sasl.jaas.config", SCRAM + ";"),
        Map.entry(
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
        // The controller listens on 127.0.0.1 only and requires no password.
        Map.entry("super.users", "User:broker;User:ANONYMOUS"));
  }

  /** Client settings of the test's user, which has all rights. */
  Map<String, String> clients() {
    return client("PLAIN", PLAIN + login("broker") + ";");
  }

  private Map<String, Object> withBootstrap(String servers) {
    var client = new HashMap<String, Object>(clients());
    client.put("bootstrap.servers", servers);
    return client;
  }

  /** Client settings of a user. */
  Map<String, String> user(String name) {
    return client("SCRAM-SHA-512", SCRAM + login(name) + ";");
  }

  /** Environment variables of a service. */
  Map<String, String> environment(String service) {
    return user(service + "-service").entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> "KAFKA_" + entry.getKey().toUpperCase(Locale.ROOT).replace('.', '_'),
                Map.Entry::getValue));
  }

  private Map<String, String> client(String mechanism, String login) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        certificate().toString(),
        "sasl.mechanism",
        mechanism,
        "sasl.jaas.config",
        login);
  }

  private static String login(String user) {
    return " username=\"" + user + "\" password=\"" + PASSWORD + "\"";
  }

  private static String lines(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining("\n"));
  }

  private Path keyStore() {
    return folder.resolve("kafka.p12");
  }

  private Path certificate() {
    return folder.resolve("kafka.pem");
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", keyStore().toString(), "-storepass", PASSWORD));
    Path output = Files.createTempFile(folder, "keytool", ".log");
    var keytool =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(Files.readString(output));
    }
  }
}
