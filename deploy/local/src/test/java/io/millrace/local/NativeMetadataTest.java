package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeMetadataTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "contracts",
        "messaging",
        "access",
        "storage",
        "augmentation-service",
        "trainer-service",
        "results-service"
      })
  void nativeMetadataRegistersEveryClassUsedByJacksonOrQueries(String module) throws Exception {
    var metadata = new NativeMetadata(Path.of("../.."), module);
    if (Boolean.getBoolean("write")) {
      metadata.write();
    }

    assertThat(metadata.written())
        .as(
            metadata.file()
                + "; mvn test -pl deploy/local -am -Dtest=NativeMetadataTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dwrite=true writes it")
        .isEqualTo(metadata.right());
  }
}
