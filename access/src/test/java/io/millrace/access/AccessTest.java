package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccessTest {
  /** The digest of "secret", as printed by: printf %s secret | sha256sum. */
  private static final String DIGEST =
      "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

  @Test
  void aServiceReachableFromOtherMachinesDoesNotStartWithoutTokens() {
    for (String host : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
      assertThatThrownBy(() -> access(host, Map.of(), false).check())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("millrace.auth.tokens")
          .hasMessageNotContaining("\n");
      assertThatCode(() -> access(host, tokens(DIGEST), false).check()).doesNotThrowAnyException();
      assertThatCode(() -> access(host, Map.of(), true).check()).doesNotThrowAnyException();
    }
    for (String host : new String[] {"127.0.0.1", "localhost", "::1"}) {
      assertThatCode(() -> access(host, Map.of(), false).check()).doesNotThrowAnyException();
    }
  }

  @Test
  void anInvalidTokenDigestIsRefusedWithoutRepeatingIt() {
    for (String digest : new String[] {"secret", "", DIGEST + "00"}) {
      assertThatThrownBy(() -> access("127.0.0.1", tokens(digest), false))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("millrace.auth.tokens.anna.sha256")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void aTokenIsRecognizedByItsDigest() {
    Access access = access("127.0.0.1", tokens(DIGEST), false);

    assertThat(access.find("secret")).contains(new Caller("anna", Role.SUBMITTER));
    assertThat(access.find(DIGEST)).isEmpty();
    assertThat(access.find("")).isEmpty();
  }

  @Test
  void wrongTokensAreLimitedPerAddressAndAValidTokenIsAlwaysAccepted() {
    Access access = access("127.0.0.1", tokens(DIGEST), false);
    for (int i = 0; i < 10; i++) {
      assertThat(access.isOneTooMany("guesser")).isFalse();
    }

    assertThat(access.isOneTooMany("guesser")).isTrue();
    assertThat(access.isOneTooMany("another")).isFalse();
    assertThat(access.accepts("secret")).isTrue();
  }

  @Test
  void healthIsOpenOnALocalAddressButNotOnOthersByDefault() {
    assertThat(access("127.0.0.1", tokens(DIGEST), false).isHealthOpen()).isTrue();
    assertThat(access("0.0.0.0", tokens(DIGEST), false).isHealthOpen()).isFalse();
  }

  private static Map<String, AccessSettings.Token> tokens(String digest) {
    return Map.of(
        "anna",
        new AccessSettings.Token() {
          @Override
          public Role role() {
            return Role.SUBMITTER;
          }

          @Override
          public String sha256() {
            return digest;
          }
        });
  }

  private static Access access(String host, Map<String, AccessSettings.Token> tokens, boolean off) {
    return new Access(
        new AccessSettings() {
          @Override
          public Map<String, Token> tokens() {
            return tokens;
          }

          @Override
          public boolean off() {
            return off;
          }

          @Override
          public boolean openHealth() {
            return false;
          }
        },
        host);
  }
}
