package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessSettingsTest {
  @Test
  void tokensAreGivenByEnvironmentVariables() {
    var environment =
        Map.of(
            "MILLRACE_AUTH_TOKENS_ANNA_ROLE",
            "submitter",
            "MILLRACE_AUTH_TOKENS_ANNA_SHA256",
            "00".repeat(32));

    AccessSettings settings =
        new SmallRyeConfigBuilder()
            .withMapping(AccessSettings.class)
            .withSources(new EnvConfigSource(environment, 300))
            .build()
            .getConfigMapping(AccessSettings.class);

    assertThat(settings.tokens()).containsOnlyKeys("anna");
    assertThat(settings.tokens().get("anna").role()).isEqualTo(Role.SUBMITTER);
    assertThat(settings.tokens().get("anna").sha256()).isEqualTo("00".repeat(32));
  }
}
