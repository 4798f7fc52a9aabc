package io.millrace.local;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.contracts.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/**
 * How a stack was brought up; kept in its home so that later commands find it.
 *
 * @param kafkaPort of the broker
 * @param postgresqlPort of the database
 * @param resultsPort of the results service
 * @param augmentationPort of the first augmenter; the others follow
 * @param trainerPort of the first trainer; the others follow
 * @param augmenters how many
 * @param trainers how many
 * @param datasets roots of data sets beside the built-in samples
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

  /** The settings of the stack that lives in {@code home}, or the default ones. */
  static StackSettings read(Home home) {
    try {
      return Files.exists(home.settings())
          ? JSON.readValue(home.settings().toFile(), StackSettings.class)
          : DEFAULT;
    } catch (IOException e) {
      throw new UserError(home.settings() + " is damaged: " + e.getMessage());
    }
  }

  /** The same stack with so many processes. */
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

  /** Where clients find the stack. */
  Addresses addresses() {
    return new Addresses("127.0.0.1:" + kafkaPort, "http://127.0.0.1:" + resultsPort);
  }

  /** Of the first augmenter. */
  String augmentationAddress() {
    return "http://127.0.0.1:" + augmentationPort;
  }
}
