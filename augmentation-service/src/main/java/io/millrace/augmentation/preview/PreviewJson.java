package io.millrace.augmentation.preview;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Gives the mapper of Quarkus the limits that every reader of JSON has here. */
@Singleton
public class PreviewJson implements ObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.getFactory().setStreamReadConstraints(Json.LIMITS);
  }
}
