package io.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A broker that talks TLS alone, and to nobody without a password: what it and its clients are told
 * for that. Its certificate is made here.
 *
 * @param folder of the key store and the certificate
 */
record SecuredBroker(Path folder) {
  private static final String PASSWORD = "a-password";

  /** Makes the certificate, of 127.0.0.1. */
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

  /** What the local stack's broker reads from its file of settings. */
  String brokerSettings() {
    return lines(
        Map.of(
            "listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
            "ssl.keystore.type", "PKCS12",
            "ssl.keystore.location", keyStore().toString(),
            "ssl.keystore.password", PASSWORD,
            // It is a client of its own too.
            "ssl.truststore.type", "PEM",
            "ssl.truststore.location", certificate().toString(),
            "sasl.enabled.mechanisms", "PLAIN",
            "sasl.mechanism.inter.broker.protocol", "PLAIN",
            "listener.name.clients.plain.sasl.jaas.config",
                login("broker")
                    + " user_broker=\"%1$s\" user_millrace=\"%1$s\";".formatted(PASSWORD)));
  }

  /** What clients are told, as properties of Kafka. */
  Map<String, String> clients() {
    return Map.of(
        "security.protocol", "SASL_SSL",
        "ssl.truststore.type", "PEM",
        "ssl.truststore.location", certificate().toString(),
        "sasl.mechanism", "PLAIN",
        "sasl.jaas.config", login("millrace") + ";");
  }

  /** The same, as services are told it. */
  Map<String, String> environment() {
    return clients().entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> "KAFKA_" + entry.getKey().toUpperCase().replace('.', '_'),
                Map.Entry::getValue));
  }

  private static String login(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
            .formatted(user)
        + " password=\"%s\"".formatted(PASSWORD);
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
