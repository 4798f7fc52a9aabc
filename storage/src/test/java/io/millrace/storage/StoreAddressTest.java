package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StoreAddressTest {
  @Test
  void aPathIsParsedAsAFolder() {
    assertThat(StoreAddress.parse("models", "/var/models"))
        .isEqualTo(new StoreAddress.Folder(Path.of("/var/models")));
  }

  @Test
  void theParsedPrefixOfABucketIsEmptyOrEndsInASlash() {
    assertThat(StoreAddress.parse("models", "s3://runs"))
        .isEqualTo(new StoreAddress.Bucket("runs", ""));
    assertThat(StoreAddress.parse("models", "s3://runs/"))
        .isEqualTo(new StoreAddress.Bucket("runs", ""));
    assertThat(StoreAddress.parse("models", "s3://runs/some/prefix//"))
        .isEqualTo(new StoreAddress.Bucket("runs", "some/prefix/"));
  }

  @Test
  void theErrorForAnAddressWithoutABucketNamesTheSetting() {
    assertThatThrownBy(() -> StoreAddress.parse("millrace.results.models", "s3:///prefix"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("millrace.results.models: ")
        .hasMessageContaining("give s3://bucket/prefix");
  }
}
