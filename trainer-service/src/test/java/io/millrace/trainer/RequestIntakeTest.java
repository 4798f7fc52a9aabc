package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Requests that are repeated, refused, or left to newer trainers. */
class RequestIntakeTest extends WholeTrainer {
  @Test
  void aRequestOfANewerVersionIsRefusedAnHourAfterItWasFirstHandedOn() {
    startTrainer(Map.of());

    send(
        "later",
        images("later", 1, 0.5, 1).replace("\"epochs\"", "\"epochz\""),
        Map.of(Topics.HANDED_ON_SINCE, Long.toString(System.currentTimeMillis() - 3_700_000)));

    RunRejected rejected = await("later", RunRejected.class);
    assertThat(rejected.field()).isEqualTo("epochz");
    assertThat(rejected.reason())
        .startsWith("epochz: ")
        .endsWith("(not supported by this version of the trainer)");
    assertThat(rejected.conflict()).isFalse();
    assertThat(rejected.request().path("run").asText()).isEqualTo("later");
    ConsumerRecord<byte[], byte[]> letter = letter("later");
    assertThat(new String(letter.value(), StandardCharsets.UTF_8)).contains("epochz");
    assertThat(header(letter, Topics.DLQ_FIELD)).isEqualTo("epochz");
    assertThat(header(letter, Topics.DLQ_REASON)).isEqualTo(rejected.reason());
  }

  @Test
  void aRequestOfANewerVersionMovesToTheEndOfTheQueueAndTheNextOneTrains() {
    startTrainer(Map.of());

    publish("newer", images("newer", 1, 0.5, 1).replace("\"Dense\"", "\"AdditiveAttention\""));
    publish("after-newer", images("after-newer", 1, 0.5, 1));

    await("after-newer", RunCompleted.class);
    ConsumerRecord<byte[], byte[]> successor =
        queued("newer", record -> record.headers().lastHeader(Topics.SUCCESSOR_OF) != null);
    assertThat(header(successor, Topics.REQUESTED_AT))
        .isEqualTo(header(successor, Topics.HANDED_ON_SINCE))
        .isEqualTo(Long.toString(queued("newer", record -> true).timestamp()));
    assertThat(of("newer", RunRejected.class)).isEmpty();
    cancel("newer");
    await("newer", RunCancelled.class);
  }

  @Test
  void invalidJsonIsRefusedUnderItsKeyAndTheNextRequestTrains() {
    startTrainer(Map.of());

    publish("no-json", "train me!");
    publish("after-no-json", images("after-no-json", 1, 0.5, 1));

    assertThat(await("no-json", RunRejected.class).reason()).startsWith("not JSON");
    assertThat(letter("no-json").value()).asString().isEqualTo("train me!");
    await("after-no-json", RunCompleted.class);
  }

  @Test
  void aRepeatedRequestTrainsOnceAndItsEndIsPublishedAgain() {
    startTrainer(Map.of());
    publish("twice", images("twice", 1, 0.5, 1));
    await("twice", RunCompleted.class);

    publish("twice", images("twice", 1, 0.5, 1));

    eventually().untilAsserted(() -> assertThat(of("twice", RunCompleted.class)).hasSize(2));
    assertThat(of("twice", RunStarted.class)).hasSize(1);
    assertThat(of("twice", RunCompleted.class).get(0))
        .isEqualTo(of("twice", RunCompleted.class).get(1));
  }

  @Test
  void aDifferentRequestWithTheSameRunIdIsRefusedAsAConflict() {
    startTrainer(Map.of());
    publish("taken", images("taken", 1, 0.5, 1));
    await("taken", RunCompleted.class);

    publish("taken", images("taken", 2, 0.5, 1));

    RunRejected rejected = await("taken", RunRejected.class);
    assertThat(rejected.conflict()).isTrue();
    assertThat(rejected.refusedBy()).isEqualTo(RefusedBy.TRAINER);
    assertThat(rejected.reason())
        .isEqualTo(
            "run: 'taken' already belongs to another request (it is COMPLETED); give another run"
                + " id");
    assertThat(header(letter("taken"), Topics.DLQ_FIELD)).isEqualTo("run");
  }

  @Test
  void aRequestThatDoesNotFitItsDataIsRefusedAndItsRunIdIsFreeAgain() {
    startTrainer(Map.of());
    publish("misfit", images("misfit", 1, 0.5, 1).replace("\"units\":3", "\"units\":4"));
    assertThat(await("misfit", RunRejected.class).field()).isEqualTo("model.layers[0]");
    publish("lost", images("lost", 1, 0.5, 1).replace("stripes", "nowhere"));
    assertThat(await("lost", RunRejected.class).reason())
        .isEqualTo("dataset.name: 'nowhere' is not known; give one of stripes, wave");

    publish("misfit", images("misfit", 1, 0.5, 1));

    await("misfit", RunCompleted.class);
    assertThat(header(letter("lost"), Topics.DLQ_FIELD)).isEqualTo("dataset.name");
  }

  @Test
  void aRequestThatContradictsItselfIsRefusedBeforeAnythingIsCreatedForIt() throws Exception {
    startTrainer(Map.of());

    publish("foreseen", series("foreseen").replace("\"units\":1", "\"units\":2"));

    RunRejected rejected = await("foreseen", RunRejected.class);
    assertThat(rejected.reason()).isEqualTo("model.layers[0]: must be a Dense layer with 1 units");
    assertThat(rejected.conflict()).isFalse();
    assertThat(header(letter("foreseen"), Topics.DLQ_FIELD)).isEqualTo("model.layers[0]");
    assertThat(FOLDER.resolve("models/foreseen")).doesNotExist();
    publish("foreseen", series("foreseen"));
    await("foreseen", RunCompleted.class);
  }
}
