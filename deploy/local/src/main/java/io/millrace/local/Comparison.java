package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;

/** An experiment's table. */
final class Comparison {
  private final JsonNode experiment;

  Comparison(JsonNode experiment) {
    this.experiment = experiment;
  }

  @Override
  public String toString() {
    return experiment.toPrettyString();
  }
}
