package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {
  @Test
  void kafkaSettingsComeFromPropertiesAndEnvironmentVariables() {
    Map<String, String> values =
        Map.of("kafka.bootstrap.servers", "a:1", "kafka.sasl.jaas.config", "Login required;");

    Map<String, Object> settings =
        ClientSettings.of(
            List.of("kafka.bootstrap.servers", "KAFKA_SASL_JAAS_CONFIG", "quarkus.http.port"),
            name -> Optional.ofNullable(values.get(name)));

    assertThat(settings)
        .isEqualTo(Map.of("bootstrap.servers", "a:1", "sasl.jaas.config", "Login required;"));
  }

  @Test
  void kafkaSettingsCanComeFromTheEnvironmentAlone() {
    assertThat(ClientSettings.of(Map.of("KAFKA_SASL_MECHANISM", "PLAIN", "HOME", "/")))
        .isEqualTo(Map.of("sasl.mechanism", "PLAIN"));
  }
}
