package io.millrace.results.adaptive;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.desk.Admission;
import io.millrace.results.statistics.AdaptivePlan;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.PlanStore.Plan;
import io.millrace.results.submit.PublishingException;
import io.millrace.results.submit.Submissions;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.logging.Logger;

/**
 * Looks at sweeps whose seeds run until it is decided, and asks for the runs that they want and
 * that are not there. What is wanted follows from the ended runs alone, so a stop at any moment
 * loses nothing: whoever looks next comes to the same. A plan's row is locked during a look, and
 * what is asked for is let in before the lock is given up; so several services share the plans, and
 * once a plan has ended nothing of it appears.
 */
@ApplicationScoped
public class AdaptiveController {
  private static final Logger LOG = Logger.getLogger(AdaptiveController.class);

  /** A look at one plan, which may ask for many runs one by one. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Mutiny.SessionFactory sessions;
  private final Submissions submissions;
  private final FreshContext contexts;
  private final AdaptiveSettings settings;
  private final Counter asked;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "adaptive");
            thread.setDaemon(true);
            return thread;
          });

  /** The bases of sweeps whose looks fail, and that was told. */
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  private volatile double open = Double.NaN;
  private volatile String trouble = "";

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
        .description(
            "Sweeps whose seeds run until it is decided, and that are not, in all services")
        .register(registry);
    asked =
        Counter.builder("millrace.results.adaptive.runs")
            .description("Runs that this service asked for because a sweep was undecided")
            .register(registry);
  }

  void start(@Observes StartupEvent event) {
    long millis = settings.every().toMillis();
    looks.scheduleWithFixedDelay(this::tryPass, millis, millis, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    looks.shutdownNow();
  }

  /** One line where trouble begins, and one where it ends. */
  private void tryPass() {
    try {
      pass();
      if (!trouble.isEmpty()) {
        LOG.info("sweeps that are undecided are looked at again");
        trouble = "";
      }
    } catch (RuntimeException e) {
      open = Double.NaN;
      String told = Outage.describe(e);
      if (!told.equals(trouble)) {
        LOG.warnf("sweeps that are undecided cannot be looked at for now: %s", told);
        trouble = told;
      }
    }
  }

  /** Looks once at each open plan at which nobody else looks now, up to the bound of a pass. */
  public void pass() {
    Instant begun = Instant.now();
    RuntimeException failure = null;
    for (int i = 0; i < settings.plans() && !Thread.currentThread().isInterrupted(); i++) {
      try {
        if (!contexts.call(() -> look(begun)).await().atMost(PATIENCE)) {
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
        contexts
            .call(() -> sessions.withStatelessSession(PlanStore::open))
            .await()
            .atMost(PATIENCE);
  }

  /** Looks at the plan that has waited longest; false where none has waited since. */
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
                                .onFailure(AdaptiveController::isOfThePlan)
                                .recoverWithUni(failure -> leave(session, plan, failure))
                                .replaceWith(true)));
  }

  /** Whether a failure is neither Kafka's nor PostgreSQL's: it would come again. */
  private static boolean isOfThePlan(Throwable failure) {
    return !(failure instanceof PublishingException)
        && !Outage.isUnreachable(failure)
        && !Outage.isOfTheData(failure);
  }

  /** Goes on with the other plans; the failure is told once. */
  private Uni<Integer> leave(Mutiny.StatelessSession session, Plan plan, Throwable failure) {
    if (failing.add(plan.base())) {
      LOG.errorf(
          failure,
          "experiment %s, sweep %s: the service cannot tell which runs it needs",
          plan.experiment(),
          plan.base());
    }
    return PlanStore.looked(session, plan.base(), Instant.now(), plan.outcome(), null);
  }

  private Uni<Integer> look(Mutiny.StatelessSession session, Plan row) {
    AdaptiveView plan = AdaptiveView.of(row);
    return KnownRuns.of(session, plan)
        .chain(
            known -> {
              AdaptivePlan.State state = plan.plan().state(known);
              String reason = reason(plan, state);
              tell(row, plan, state, reason);
              Uni<?> published =
                  reason == null
                      ? ask(row, known.missing(state.wanted()))
                      : Uni.createFrom().voidItem();
              String outcome = new String(Messages.write(state), StandardCharsets.UTF_8);
              return published.chain(
                  done -> PlanStore.looked(session, row.base(), Instant.now(), outcome, reason));
            });
  }

  /** Why the plan ends; null while it goes on. */
  private static String reason(AdaptiveView plan, AdaptivePlan.State state) {
    if (state.finished()) {
      return AdaptiveView.FINISHED;
    }
    Instant end = plan.requestedAt().plusMillis(Math.round(plan.seeds().maxHours() * 3_600_000));
    return Instant.now().isAfter(end) ? AdaptiveView.TIME_LIMIT : null;
  }

  private static void tell(Plan row, AdaptiveView plan, AdaptivePlan.State state, String reason) {
    List<AdaptivePlan.Decision> before =
        plan.state() == null ? List.of() : plan.state().decisions();
    if (reason != null || !Objects.equals(before, state.decisions())) {
      LOG.infof(
          "experiment %s, sweep %s: %s%s",
          row.experiment(),
          row.base(),
          state.decisions().stream()
              .map(one -> one.variant() + " " + one.verdict().json() + " at " + one.seeds())
              .toList(),
          reason == null ? "" : "; " + reason);
    }
  }

  /** Asks for runs, one after the other; each is let in when this is done. */
  private Uni<?> ask(Plan row, List<Integer> missing) {
    if (missing.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    Sweep sweep = Sweep.read(row.request().getBytes(StandardCharsets.UTF_8), row.base());
    // The session goes on where it began.
    io.vertx.core.Context context = Vertx.currentContext();
    Uni<?> all = Uni.createFrom().voidItem();
    List<Integer> now = missing.subList(0, Math.min(missing.size(), settings.runs()));
    for (int index : now) {
      all = all.chain(done -> follow(row, sweep.request(index)));
    }
    return all.invoke(
            done ->
                LOG.infof(
                    "experiment %s, sweep %s: %s more asked for: %s",
                    row.experiment(),
                    row.base(),
                    Check.count(now.size(), "run"),
                    now.stream().map(sweep::run).toList()))
        .emitOn(task -> context.runOnContext(ignored -> task.run()));
  }

  private Uni<?> follow(Plan row, TrainingRequest request) {
    return submissions
        .follow(request, row.owner())
        .invoke(
            outcome -> {
              asked.increment();
              if (!(outcome instanceof Admission.Admitted)) {
                LOG.warnf(
                    "experiment %s: the run %s is not let in: %s",
                    row.experiment(), request.run(), outcome);
              }
            });
  }
}
