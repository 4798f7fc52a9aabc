package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.web.PagesResource;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** The examples of the page for a new experiment. */
class PageExamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyExampleIsAValidRequest() throws Exception {
    JsonNode examples;
    try (InputStream file = PagesResource.class.getResourceAsStream("examples.json")) {
      examples = JSON.readTree(file);
    }
    assertThat(examples).isNotEmpty();
    for (JsonNode example : examples) {
      byte[] request = JSON.writeValueAsBytes(example.path("request"));
      assertThatCode(() -> read(request))
          .as(example.path("title").asText())
          .doesNotThrowAnyException();
    }
  }

  private static void read(byte[] request) {
    if (Sweep.isSweep(request)) {
      Sweep sweep = Sweep.read(request, "base");
      assertThat(sweep.runs()).hasSizeGreaterThan(1);
      assertThat(sweep.adaptive().isPresent() || sweep.search().isPresent())
          .as("a comparison ends in a decision")
          .isTrue();
    } else {
      Messages.readRequest(request);
    }
  }
}
