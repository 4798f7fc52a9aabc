package io.millrace.local;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.contracts.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * The settings of a stack, stored in its home for later commands.
 *
 * @param kafkaPort port of the broker
 * @param postgresqlPort port of the database
 * @param resultsPort port of the results service
 * @param augmentationPort port of the first augmentation service; the others follow
 * @param trainerPort port of the first trainer; the others follow
 * @param augmenters number of augmentation services
 * @param trainers number of trainers
 * @param datasets roots of data sets, in addition to the built-in ones
 * @param nativeServices whether the services are native executables: {@link Launch#natively}
 */
record StackSettings(
    int kafkaPort,
    int postgresqlPort,
    int resultsPort,
    int augmentationPort,
    int trainerPort,
    int augmenters,
    int trainers,
    List<String> datasets,
    boolean nativeServices) {

  static final StackSettings DEFAULT =
      new StackSettings(9092, 15432, 8080, 8100, 8200, 1, 1, List.of(), false);

  private static final JsonMapper JSON =
      Json.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** Reads the settings of the stack in a home; the defaults if it has none. */
  static StackSettings read(Home home) {
    try {
      return Files.exists(home.settings())
          ? JSON.readValue(home.settings().toFile(), StackSettings.class)
          : DEFAULT;
    } catch (IOException e) {
      throw new UserError("cannot read " + home.settings() + ": " + e.getMessage());
    }
  }

  /** These settings with other numbers of processes. */
  StackSettings with(int augmenters, int trainers) {
    return new StackSettings(
        kafkaPort,
        postgresqlPort,
        resultsPort,
        augmentationPort,
        trainerPort,
        augmenters,
        trainers,
        datasets,
        nativeServices);
  }

  void write(Home home) {
    try {
      JSON.writeValue(home.settings().toFile(), this);
    } catch (IOException e) {
      throw new UserError("cannot write " + home.settings() + ": " + e.getMessage());
    }
  }

  /** The addresses of the stack for clients. */
  Addresses addresses() {
    return new Addresses("127.0.0.1:" + kafkaPort, "http://127.0.0.1:" + resultsPort);
  }

  /** The URL of the first augmentation service. */
  String augmentationAddress() {
    return "http://127.0.0.1:" + augmentationPort;
  }
}
