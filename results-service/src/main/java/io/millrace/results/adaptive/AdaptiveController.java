package io.millrace.results.adaptive;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.admission.Admission;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.PlanStore.Plan;
import io.millrace.results.submission.PublishingException;
import io.millrace.results.submission.Submissions;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Checks the open plans, which are sweeps with adaptive seeds and searches, and requests their
 * missing runs. The missing runs depend only on the runs that have ended. So a stop at any moment
 * loses nothing: the next check comes to the same result. The plan's row is locked during a check,
 * and its new runs are admitted before the lock is released. So several services can share the
 * plans, and an ended plan gets no further runs.
 */
@ApplicationScoped
public class AdaptiveController {
  private static final Logger LOG = Logger.getLogger(AdaptiveController.class);

  /** The most time for one plan, which may request many runs one by one. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final Mutiny.SessionFactory sessions;
  private final Submissions submissions;
  private final FreshContext contexts;
  private final AdaptiveSettings settings;
  private final Counter requestCounter;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "adaptive");
            thread.setDaemon(true);
            return thread;
          });

  /** The bases of sweeps whose check fails, and whose failure is logged. */
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  private volatile double open = Double.NaN;
  private volatile String lastFailure = "";

  AdaptiveController(
      Mutiny.SessionFactory sessions,
      Submissions submissions,
      FreshContext contexts,
      AdaptiveSettings settings,
      MeterRegistry registry) {
    this.sessions = sessions;
    this.submissions = submissions;
    this.contexts = contexts;
    this.settings = settings;
    Gauge.builder("millrace.results.adaptive.open", () -> open)
        .description("Open sweeps with adaptive seeds and open searches, over all services")
        .register(registry);
    requestCounter =
        Counter.builder("millrace.results.adaptive.runs")
            .description("Runs that this service has added for adaptive sweeps and searches")
            .register(registry);
  }

  void start(@Observes StartupEvent event) {
    long millis = settings.every().toMillis();
    executor.scheduleWithFixedDelay(this::tryPass, millis, millis, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    executor.shutdownNow();
  }

  /** Logs one line when failures begin, and one when they end. */
  private void tryPass() {
    try {
      pass();
      if (!lastFailure.isEmpty()) {
        LOG.info("adaptive sweeps and searches are checked again");
        lastFailure = "";
      }
    } catch (RuntimeException e) {
      open = Double.NaN;
      String described = Outage.describe(e);
      if (!described.equals(lastFailure)) {
        LOG.warnf("adaptive sweeps and searches cannot be checked: %s", described);
        lastFailure = described;
      }
    }
  }

  /** Checks each open plan once that no other service is checking, up to the limit of a pass. */
  public void pass() {
    Instant begun = Instant.now();
    RuntimeException failure = null;
    for (int i = 0; i < settings.plans() && !Thread.currentThread().isInterrupted(); i++) {
      try {
        if (!contexts.call(() -> look(begun)).await().atMost(TIMEOUT)) {
          break;
        }
      } catch (RuntimeException e) {
        failure = e;
        break;
      }
    }
    if (failure != null) {
      throw failure;
    }
    open =
        contexts.call(() -> sessions.withStatelessSession(PlanStore::open)).await().atMost(TIMEOUT);
  }

  /** Checks the plan that has waited longest; false if all were checked since. */
  private Uni<Boolean> look(Instant before) {
    return sessions.withStatelessTransaction(
        session ->
            PlanStore.next(session, before)
                .chain(
                    plan ->
                        plan == null
                            ? Uni.createFrom().item(false)
                            : Uni.createFrom()
                                .deferred(() -> look(session, plan))
                                .onFailure(AdaptiveController::isCausedByPlan)
                                .recoverWithUni(failure -> skip(session, plan, failure))
                                .replaceWith(true)));
  }

  /**
   * Whether the plan itself causes a failure, and not Kafka or PostgreSQL: a retry would fail
   * again.
   */
  private static boolean isCausedByPlan(Throwable failure) {
    return !(failure instanceof PublishingException)
        && !Outage.isUnreachable(failure)
        && !Outage.isOfTheData(failure);
  }

  /** Skips the plan, so that the others continue; logs its failure once. */
  private Uni<Integer> skip(Mutiny.StatelessSession session, Plan plan, Throwable failure) {
    if (failing.add(plan.base())) {
      LOG.errorf(
          failure,
          "experiment %s, sweep %s: cannot determine which runs it needs next",
          plan.experiment(),
          plan.base());
    }
    return PlanStore.looked(session, plan.base(), Instant.now(), plan.outcome(), null);
  }

  private Uni<Integer> look(Mutiny.StatelessSession session, Plan row) {
    PlanView plan = PlanView.of(row);
    Instant end = plan.requestedAt().plusMillis(Math.round(plan.maxHours() * 3_600_000));
    boolean isTimeUp = Instant.now().isAfter(end);
    return plan.look(session, !isTimeUp)
        .chain(
            look -> {
              String reason =
                  look.finished() ? PlanView.FINISHED : isTimeUp ? PlanView.TIME_LIMIT : null;
              if (reason != null || !look.summary().equals(plan.summary())) {
                LOG.infof(
                    "experiment %s, sweep %s: %s%s",
                    row.experiment(),
                    row.base(),
                    look.summary(),
                    reason == null ? "" : "; " + reason);
              }
              String outcome = Messages.text(look.state());
              return request(row, look.wanted())
                  .chain(
                      done ->
                          PlanStore.looked(session, row.base(), Instant.now(), outcome, reason));
            });
  }

  /** Requests runs, one after the other; all of them are admitted when this completes. */
  private Uni<?> request(Plan row, List<Function<Sweep, TrainingRequest>> wanted) {
    if (wanted.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    Sweep sweep = Sweep.readAgain(row.request().getBytes(StandardCharsets.UTF_8), row.base());
    // A session has to continue on the context that it started on.
    io.vertx.core.Context context = Vertx.currentContext();
    Uni<?> all = Uni.createFrom().voidItem();
    var requestedRuns = new ArrayList<String>();
    for (var request : wanted.subList(0, Math.min(wanted.size(), settings.runs()))) {
      all =
          all.chain(done -> follow(row, request.apply(sweep)))
              .invoke(done -> requestedRuns.add(done.run()));
    }
    return all.invoke(
            done ->
                LOG.infof(
                    "experiment %s, sweep %s: requested %s: %s",
                    row.experiment(),
                    row.base(),
                    Check.count(requestedRuns.size(), "run"),
                    requestedRuns))
        .emitOn(task -> context.runOnContext(ignored -> task.run()));
  }

  private Uni<TrainingRequest> follow(Plan row, TrainingRequest request) {
    return submissions
        .follow(request, row.owner())
        .invoke(
            outcome -> {
              requestCounter.increment();
              if (!(outcome instanceof Admission.Admitted)) {
                LOG.warnf(
                    "experiment %s: the run %s is not admitted: %s",
                    row.experiment(), request.run(), outcome);
              }
            })
        .replaceWith(request);
  }
}
