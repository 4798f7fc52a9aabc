package io.millrace.results.adaptive;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.LongNames;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.PlanStore;
import io.millrace.results.submission.ConflictException;
import io.millrace.results.submission.Submissions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.reactive.mutiny.Mutiny;

/** Runs the variants of an experiment again, with the next seeds. */
@ApplicationScoped
public class MoreSeeds {
  private static final int MAX_SEEDS = 50;

  /** The most runs per call; they are published one by one. */
  private static final int MAX_RUNS = 500;

  /**
   * For each variant that is not archived, the newest request and the largest seed of all its runs,
   * including archived and rejected ones.
   */
  private static final String VARIANTS =
      """
      select distinct on (r.variant) r.variant, cast(r.request as text),
             (select max(s.seed) from run as s
              where s.experiment = r.experiment and s.variant = r.variant)
      from run as r
      where r.experiment = :experiment and r.variant is not null and r.request is not null
        and r.state <> 'REJECTED' and not r.archived and not r.trial
      order by r.variant, r.created_at desc, r.run desc
      """;

  private final Mutiny.SessionFactory sessions;
  private final Submissions submissions;
  private final FreshContext contexts;

  MoreSeeds(Mutiny.SessionFactory sessions, Submissions submissions, FreshContext contexts) {
    this.sessions = sessions;
    this.submissions = submissions;
    this.contexts = contexts;
  }

  /** The body of a call. */
  @Schema(description = "Additional seeds for an experiment's variants.")
  public record Asked(
      @Schema(description = "The variant; by default all variants.") String variant,
      @Schema(
              description = "The number of additional seeds per variant.",
              minimum = "1",
              maximum = "50",
              defaultValue = "1")
          Integer seeds) {
    public Asked {
      if (variant != null) {
        Check.name("variant", variant);
      }
      seeds = Check.range("seeds", Check.orElse(seeds, 1), 1, MAX_SEEDS);
    }

    /**
     * Reads a body. An empty one requests one seed for every variant.
     *
     * @throws InvalidMessageException naming the field
     */
    public static Asked read(byte[] json) {
      return json == null || json.length == 0
          ? new Asked(null, null)
          : Messages.readStrictly(json, Asked.class);
    }
  }

  /** The requested runs. */
  @Schema(description = "The requested runs.")
  public record Answer(@Schema(description = "The ids of all runs.") List<String> runs) {}

  private record Variant(String name, String request, long lastSeed) {
    static Variant of(Object[] row) {
      return new Variant(
          (String) row[0], (String) row[1], row[2] == null ? -1 : ((Number) row[2]).longValue());
    }

    /** The variant's request with a further seed, counted from 1 after its last one. */
    byte[] next(String experiment, int further) {
      ObjectNode request =
          (ObjectNode)
              Messages.tree(
                  Messages.read(request().getBytes(StandardCharsets.UTF_8), TrainingRequest.class));
      long seed = Math.addExact(Math.max(lastSeed, -1), further);
      request.remove(List.of("extend"));
      request.put("run", LongNames.fit(experiment + "-" + name, "-s" + seed));
      request.put("seed", seed);
      return Messages.write(request);
    }
  }

  /**
   * Submits further seeds, in the order of the seeds.
   *
   * @param owner the caller; null if authentication is off
   * @return null if the experiment does not exist. Fails with {@link InvalidMessageException},
   *     {@link ConflictException}, and as {@link Submissions#submit} does
   */
  public Uni<Answer> of(String experiment, Asked asked, String owner) {
    return contexts
        .call(() -> variants(experiment))
        .chain(
            variants ->
                variants.isEmpty()
                    ? Uni.createFrom().<Answer>nullItem()
                    : submitted(requests(experiment, chosen(variants, asked), asked), owner));
  }

  private Uni<List<Variant>> variants(String experiment) {
    return sessions.withStatelessSession(
        session ->
            PlanStore.ofExperiment(session, experiment)
                .invoke(
                    plan -> {
                      if (plan != null && plan.endedAt() == null) {
                        throw new ConflictException(
                            null,
                            "the experiment "
                                + Check.quote(experiment)
                                + (plan.search() == null
                                    ? " adds seeds until it is decided"
                                    : " is a search that is still running")
                                + "; wait until it ends, or cancel it first");
                      }
                    })
                .chain(
                    plan ->
                        session
                            .createNativeQuery(VARIANTS, Object[].class)
                            .setParameter("experiment", experiment)
                            .getResultList())
                .map(rows -> rows.stream().map(Variant::of).toList()));
  }

  private static List<Variant> chosen(List<Variant> variants, Asked asked) {
    List<Variant> chosen =
        variants.stream()
            .filter(variant -> asked.variant == null || asked.variant.equals(variant.name))
            .toList();
    if (chosen.isEmpty()) {
      String names = variants.stream().map(Variant::name).collect(Collectors.joining(", "));
      throw new InvalidMessageException(
          "variant",
          Check.quote(asked.variant)
              + " is not a variant of this experiment; give one of "
              + Check.cut(names, 1_000));
    }
    if ((long) chosen.size() * asked.seeds > MAX_RUNS) {
      throw new InvalidMessageException(
          "seeds",
          Check.count(chosen.size(), "variant")
              + " with "
              + Check.count(asked.seeds, "additional seed")
              + " each are more than "
              + MAX_RUNS
              + " runs; give fewer seeds, or one variant");
    }
    return chosen;
  }

  private static List<byte[]> requests(String experiment, List<Variant> variants, Asked asked) {
    var requests = new ArrayList<byte[]>();
    for (int further = 1; further <= asked.seeds; further++) {
      for (Variant variant : variants) {
        requests.add(variant.next(experiment, further));
      }
    }
    return requests;
  }

  /** Checks all requests first, so that none is submitted if one is rejected. */
  private Uni<Answer> submitted(List<byte[]> requests, String owner) {
    Uni<?> done = Uni.createFrom().voidItem();
    for (byte[] request : requests) {
      done = done.chain(before -> submissions.check(request, owner));
    }
    var runs = new ArrayList<String>();
    for (byte[] request : requests) {
      done =
          done.chain(before -> submissions.submit(request, owner))
              .invoke(taken -> runs.add(taken.run()));
    }
    return done.map(all -> new Answer(List.copyOf(runs)));
  }
}
