package io.millrace.results.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {
  private final Vertx vertx = Vertx.vertx();
  private final RecentAnswers recent = new RecentAnswers();

  record Question(String text) {}

  @AfterEach
  void close() {
    vertx.close();
  }

  /** Subscribes on a context. Completes with the context on which the answer arrives. */
  private CompletableFuture<Context> ask(Context context, Uni<String> answer) {
    var arrived = new CompletableFuture<Context>();
    context.runOnContext(
        ignored ->
            answer
                .subscribe()
                .with(
                    text -> arrived.complete(Vertx.currentContext()),
                    arrived::completeExceptionally));
    return arrived;
  }

  /** A database session belongs to one context, so a reader must not continue on another one. */
  @Test
  void eachReaderGetsTheAnswerOnItsOwnContext() throws Exception {
    var calls = new AtomicInteger();
    var emitter = new AtomicReference<UniEmitter<? super String>>();
    var contexts = new ArrayList<Context>();
    var arrived = new ArrayList<CompletableFuture<Context>>();
    for (int i = 0; i < 3; i++) {
      Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
      contexts.add(context);
      arrived.add(
          ask(
              context,
              recent.to(
                  new Question("same"),
                  () ->
                      Uni.createFrom()
                          .emitter(
                              waiting -> {
                                calls.incrementAndGet();
                                emitter.set(waiting);
                              }))));
      // All readers subscribe before the answer arrives.
      CompletableFuture<Void> subscribed = new CompletableFuture<>();
      context.runOnContext(ignored -> subscribed.complete(null));
      subscribed.get(10, TimeUnit.SECONDS);
    }
    contexts.get(0).runOnContext(ignored -> emitter.get().complete("42"));

    List<Context> found = new ArrayList<>();
    for (CompletableFuture<Context> one : arrived) {
      found.add(one.get(10, TimeUnit.SECONDS));
    }
    assertThat(found).isEqualTo(contexts);
    assertThat(new HashSet<>(contexts)).hasSize(3);
    assertThat(calls).hasValue(1);
  }
}
