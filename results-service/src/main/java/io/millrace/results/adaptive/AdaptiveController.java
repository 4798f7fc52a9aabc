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
 * Looks at sweeps whose seeds run until it is decided, and at searches, and asks for the runs that
 * they want and that are not there. What is wanted follows from the ended runs alone, so a stop at
 * any moment loses nothing: whoever looks next comes to the same. A plan's row is locked during a
 * look, and what is asked for is let in before the lock is given up; so several services share the
 * plans, and once a plan has ended nothing of it appears.
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
            "Sweeps that ask for further runs by themselves and have not ended, in all services")
        .register(registry);
    asked =
        Counter.builder("millrace.results.adaptive.runs")
            .description("Further runs that this service asked for, of such sweeps")
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
        LOG.info("sweeps that ask for runs by themselves are looked at again");
        trouble = "";
      }
    } catch (RuntimeException e) {
      open = Double.NaN;
      String told = Outage.describe(e);
      if (!told.equals(trouble)) {
        LOG.warnf("sweeps that ask for runs by themselves cannot be looked at for now: %s", told);
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
    PlanView plan = PlanView.of(row);
    Instant end = plan.requestedAt().plusMillis(Math.round(plan.maxHours() * 3_600_000));
    boolean isLate = Instant.now().isAfter(end);
    return plan.look(session, !isLate)
        .chain(
            look -> {
              String reason =
                  look.finished() ? PlanView.FINISHED : isLate ? PlanView.TIME_LIMIT : null;
              if (reason != null || !look.told().equals(plan.told())) {
                LOG.infof(
                    "experiment %s, sweep %s: %s%s",
                    row.experiment(), row.base(), look.told(), reason == null ? "" : "; " + reason);
              }
              String outcome = new String(Messages.write(look.state()), StandardCharsets.UTF_8);
              return ask(row, look.wanted())
                  .chain(
                      done ->
                          PlanStore.looked(session, row.base(), Instant.now(), outcome, reason));
            });
  }

  /** Asks for runs, one after the other; each is let in when this is done. */
  private Uni<?> ask(Plan row, List<Function<Sweep, TrainingRequest>> wanted) {
    if (wanted.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    Sweep sweep = Sweep.readAgain(row.request().getBytes(StandardCharsets.UTF_8), row.base());
    // The session goes on where it began.
    io.vertx.core.Context context = Vertx.currentContext();
    Uni<?> all = Uni.createFrom().voidItem();
    var asked = new ArrayList<String>();
    for (var request : wanted.subList(0, Math.min(wanted.size(), settings.runs()))) {
      all =
          all.chain(done -> follow(row, request.apply(sweep)))
              .invoke(done -> asked.add(done.run()));
    }
    return all.invoke(
            done ->
                LOG.infof(
                    "experiment %s, sweep %s: %s more asked for: %s",
                    row.experiment(), row.base(), Check.count(asked.size(), "run"), asked))
        .emitOn(task -> context.runOnContext(ignored -> task.run()));
  }

  private Uni<TrainingRequest> follow(Plan row, TrainingRequest request) {
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
            })
        .replaceWith(request);
  }
}
