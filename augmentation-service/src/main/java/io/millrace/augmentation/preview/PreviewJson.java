package io.millrace.augmentation.preview;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Applies this project's JSON limits to the mapper of Quarkus. */
@Singleton
public class PreviewJson implements ObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.getFactory().setStreamReadConstraints(Json.LIMITS);
  }
}
