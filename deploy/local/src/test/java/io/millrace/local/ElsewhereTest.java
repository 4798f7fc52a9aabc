package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ElsewhereTest {
  @Test
  void theGivenAddressesAreUsed() {
    Millrace.Elsewhere elsewhere = parsed("--broker=kafka:9092", "--results=http://results:8080/");

    assertThat(elsewhere.isGiven()).isTrue();
    assertThat(elsewhere.addresses()).isEqualTo(new Addresses("kafka:9092", "http://results:8080"));
  }

  @Test
  void addressesDefaultToThoseOfTheLocalStack() {
    Addresses own = StackSettings.read(Home.fromEnvironment()).addresses();

    assertThat(parsed().isGiven()).isFalse();
    assertThat(parsed("--broker=kafka:9092").addresses())
        .isEqualTo(new Addresses("kafka:9092", own.results()));
  }

  @Test
  void aDemoOnAnotherStackNeedsBothAddresses() {
    assertThatThrownBy(parsed("--broker=kafka:9092")::isGiven)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("give --broker and --results together");
  }

  private static Millrace.Elsewhere parsed(String... arguments) {
    return CommandLine.populateCommand(new Millrace.Elsewhere(), arguments);
  }
}
