package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.TaskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The services can read the examples of the AsyncAPI document. */
class AsyncApiExamplesTest {
  /** Reads a message and returns its content as JSON, or null for a message that is only read. */
  private interface Reader {
    byte[] understood(byte[] json);
  }

  private static final Map<String, Reader> READERS =
      Map.of(
          "training-request", json -> Messages.writeRequest(Messages.readRequest(json)),
          "queued-run", json -> Messages.writeRequest(Messages.readRequest(json)),
          "training-sweep", AsyncApiExamplesTest::sweep,
          "dataset-announcement", of(DatasetAnnouncement.class),
          "batch-task", of(BatchTask.class),
          "dataset-description", of(DatasetDescription.class),
          "task-failure", of(TaskFailure.class),
          "training-event", of(TrainingEvent.class),
          "training-command", of(TrainingCommand.class));

  private static Reader of(Class<?> type) {
    return json -> Messages.write(Messages.read(json, type));
  }

  private static byte[] sweep(byte[] json) {
    assertThat(Sweep.read(json, "shoes").size()).isGreaterThan(1);
    return null;
  }

  @Test
  void everyJsonMessageHasExamplesThatItsReaderAccepts() throws IOException {
    JsonNode messages = document().at("/components/messages");
    for (Map.Entry<String, JsonNode> message : messages.properties()) {
      boolean isJson = message.getValue().has("payload");
      assertThat(READERS.containsKey(message.getKey())).as(message.getKey()).isEqualTo(isJson);
      if (isJson) {
        JsonNode examples = message.getValue().path("examples");
        assertThat(examples).as(message.getKey()).isNotEmpty();
        for (JsonNode example : examples) {
          String name = message.getKey() + " " + example.path("name").asText();
          JsonNode payload = example.path("payload");
          byte[] understood =
              READERS
                  .get(message.getKey())
                  .understood(payload.toString().getBytes(StandardCharsets.UTF_8));
          if (understood != null) {
            assertHolds(name, Messages.read(understood, JsonNode.class), payload);
          }
        }
      }
    }
  }

  /** Readers of events ignore unknown fields, so an example must not lose any. */
  private static void assertHolds(String path, JsonNode whole, JsonNode part) {
    if (part.isObject()) {
      part.properties()
          .forEach(
              field ->
                  assertHolds(
                      path + "." + field.getKey(), whole.path(field.getKey()), field.getValue()));
    } else if (part.isArray()) {
      assertThat(whole).as(path).hasSize(part.size());
      for (int i = 0; i < part.size(); i++) {
        assertHolds(path + "[" + i + "]", whole.get(i), part.get(i));
      }
    } else if (part.isNumber()) {
      assertThat(whole.doubleValue()).as(path).isEqualTo(part.doubleValue());
    } else {
      assertThat(whole).as(path).isEqualTo(part);
    }
  }

  private static JsonNode document() throws IOException {
    try (InputStream in =
        Messages.class.getResourceAsStream("/io/millrace/contracts/asyncapi.yaml")) {
      return new YAMLMapper().readTree(in);
    }
  }
}
