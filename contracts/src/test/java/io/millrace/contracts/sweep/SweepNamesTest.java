package io.millrace.contracts.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.ExampleRequests;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sweep makes the same runs, with the same names and seeds, as in earlier versions. */
class SweepNamesTest {
  static Stream<JsonNode> known() throws IOException {
    try (InputStream in = SweepNamesTest.class.getResourceAsStream("/sweep/names.json")) {
      return StreamSupport.stream(ExampleRequests.JSON.readTree(in).spliterator(), false);
    }
  }

  @ParameterizedTest
  @MethodSource("known")
  void runsKeepTheirNames(JsonNode known) {
    Sweep sweep =
        Sweep.read(known.get("sweep").toString().getBytes(StandardCharsets.UTF_8), "base");

    var names = new ArrayList<String>();
    for (int i = 0; i < sweep.size(); i++) {
      TrainingRequest request = sweep.request(i);
      names.add(request.run() + " " + request.variant() + " " + request.seed());
    }
    List<String> expected = new ArrayList<>();
    known.get("runs").forEach(name -> expected.add(name.textValue()));
    assertThat(names).isEqualTo(expected);
  }
}
