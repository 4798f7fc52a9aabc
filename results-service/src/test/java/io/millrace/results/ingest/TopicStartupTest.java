package io.millrace.results.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;

class TopicStartupTest {
  @Test
  void theTopicsAreMadeWithTheConsumersSecuritySettings() {
    Map<String, Object> kafka =
        Map.of(
            "bootstrap.servers", "broker:9093",
            "security.protocol", "SASL_SSL",
            "sasl.mechanism", "SCRAM-SHA-512",
            "group.id", "of no use to this client");

    var settings = new AdminClientConfig(TopicStartup.settings(kafka));

    assertThat(settings.getList("bootstrap.servers")).containsExactly("broker:9093");
    assertThat(settings.getString("security.protocol")).isEqualTo("SASL_SSL");
    assertThat(settings.getString("sasl.mechanism")).isEqualTo("SCRAM-SHA-512");
  }
}
