package io.millrace.results.ingest;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Decodes batches away from the event loop: megabytes of JSON take it long. */
final class Decoding {
  private Decoding() {}

  /** The messages of the records that hold one, in their order. */
  static <M> Uni<List<M>> offLoop(
      ConsumerRecords<String, byte[]> records,
      Function<ConsumerRecord<String, byte[]>, Optional<M>> decode) {
    return Uni.createFrom()
        .<List<M>>item(
            () -> {
              var messages = new ArrayList<M>(records.count());
              records.forEach(record -> decode.apply(record).ifPresent(messages::add));
              return messages;
            })
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }
}
