package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  @Test
  void theAdminClientHasTheOperatorsSecuritySettings() {
    var kafka =
        new KafkaSettings(
            Map.of(
                "bootstrap.servers", "broker:9093",
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "group.id", "of no use to this client"),
            Optional.empty());

    var settings = new AdminClientConfig(kafka.administration());

    assertThat(settings.getList("bootstrap.servers")).containsExactly("broker:9093");
    assertThat(settings.getString("security.protocol")).isEqualTo("SASL_SSL");
    assertThat(settings.getString("sasl.mechanism")).isEqualTo("SCRAM-SHA-512");
  }
}
