package io.millrace.results.experiment;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.SampleAnswers;
import io.millrace.results.evaluation.AnswerQueries;
import io.millrace.results.evaluation.EvaluationView;
import io.millrace.results.evaluation.TestPart;
import io.millrace.results.experiment.ExperimentAnswers.ClassChange;
import io.millrace.results.experiment.ExperimentAnswers.Difference;
import io.millrace.results.experiment.ExperimentAnswers.LeftOutRun;
import io.millrace.results.experiment.ExperimentAnswers.Side;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.Archived;
import io.millrace.results.sampling.Significant;
import io.millrace.results.statistics.SampleDuel;
import io.millrace.results.statistics.SampleDuel.Change;
import io.millrace.results.store.AnswerStore;
import io.millrace.results.store.Evaluation;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Compares the predictions of two variants, test sample by test sample. Only runs that were tested
 * on the same samples in the same order are compared: their data have the same fingerprint and the
 * same split. Trials of a search are never compared.
 */
@ApplicationScoped
public class ExperimentAnswerQueries {
  /** The maximum number of runs of a variant that are considered, newest first. */
  private static final int MAX_RUNS = 1_000;

  /**
   * The maximum number of predictions that are read, runs times samples: half for each variant,
   * newest runs first, at least one run of each. A prediction takes 3 bytes of memory, or 5 with
   * more than 256 classes, and at most twice that while it is unpacked.
   */
  private static final int MAX_ANSWERS = 4_000_000;

  /** The maximum number of runs listed as left out. */
  private static final int MAX_LEFT_OUT = 100;

  /**
   * Completed runs with everything that determines their test samples. The removed fields of {@code
   * dataset} do not: they only affect how samples are processed, or the other parts.
   */
  private static final String RUNS =
      """
      select r.id, r.run, r.variant, r.seed, v.answers is not null, v.answers_left_out,
             r.dataset_fingerprint, r.request -> 'dataset' ->> 'test_fraction',
             r.request -> 'dataset' ->> 'split_seed',
             md5(cast(cast(r.request -> 'dataset' as jsonb)
                      - array['validation_fraction', 'image_size', 'color_mode',
                              'exif_orientation', 'scaler'] as text)),
             v.samples
      from (select cast(:a as text) as variant union all select cast(:b as text)) as w
      cross join lateral (
        select id, run, variant, seed, dataset_fingerprint, request, created_at
        from run
        where experiment = :experiment and variant = w.variant and state = 'COMPLETED'
          and not trial
          and (cast(:archived as boolean) is null or archived = :archived)
        order by created_at desc, run desc
        limit :limit) as r
      left join evaluation v on v.run_id = r.id
      order by r.created_at desc, r.run desc
      """;

  private static final String VARIANTS =
      """
      select variant
      from run
      where experiment = :experiment and state <> 'REJECTED' and not trial
        and variant is not null
        and (cast(:archived as boolean) is null or archived = :archived)
      group by variant
      order by min(created_at), min(run)
      """;

  private final AnswerStore answers;
  private final RecentAnswers recent;

  ExperimentAnswerQueries(AnswerStore answers, RecentAnswers recent) {
    this.answers = answers;
    this.recent = recent;
  }

  /**
   * The parameters of a comparison.
   *
   * @param a the first variant
   * @param b the second one
   * @param of the only class to compare; null for all
   * @param limit the maximum number of samples in each list
   * @param archived how archived runs are treated
   */
  public record Question(
      String experiment, String a, String b, String of, int limit, Archived archived) {}

  /** Identifies the samples on which a run was tested. */
  private record TestPart(
      String fingerprint, String testFraction, String splitSeed, String dataset, int samples) {

    /** Why a run with this test part is not compared with runs of another one. */
    String unlike(TestPart other) {
      if (!fingerprint.equals(other.fingerprint)) {
        return "its data differ: the fingerprint is %.12s…, not %.12s…"
            .formatted(fingerprint, other.fingerprint);
      }
      if (!Objects.equals(testFraction, other.testFraction)) {
        return "its dataset.test_fraction is %s, not %s"
            .formatted(testFraction, other.testFraction);
      }
      return Objects.equals(splitSeed, other.splitSeed)
          ? "its dataset may select other test samples"
          : "its dataset.split_seed is %s, not %s".formatted(splitSeed, other.splitSeed);
    }
  }

  /**
   * A completed run.
   *
   * @param part null if the run cannot be compared
   * @param reason why it cannot; otherwise null
   */
  private record Candidate(
      long id, String run, String variant, Long seed, TestPart part, String reason) {

    static Candidate of(Object[] row) {
      String reason = null;
      if (!Boolean.TRUE.equals(row[4])) {
        reason =
            row[5] == null
                ? "its evaluation has no predictions: it predicts numbers, or its trainer ran an"
                    + " earlier version"
                : "its predictions are not stored: " + row[5];
      } else if (row[6] == null) {
        reason = "the fingerprint of its data is unknown";
      }
      return new Candidate(
          ((Number) row[0]).longValue(),
          (String) row[1],
          (String) row[2],
          row[3] == null ? null : ((Number) row[3]).longValue(),
          reason == null
              ? new TestPart(
                  (String) row[6],
                  (String) row[7],
                  (String) row[8],
                  (String) row[9],
                  Cells.integer(row[10]))
              : null,
          reason);
    }

    private boolean isOf(String name, TestPart tested) {
      return variant.equals(name) && tested.equals(part);
    }
  }

  /** The runs to compare. */
  private record Chosen(
      List<Candidate> a, List<Candidate> b, List<LeftOutRun> leftOut, boolean truncated) {
    List<Long> ids() {
      return Stream.concat(a.stream(), b.stream()).map(Candidate::id).toList();
    }
  }

  /**
   * Compares two variants sample by sample.
   *
   * @return fails with {@link UnknownException} if a variant has no run with stored predictions,
   *     and with {@link InvalidMessageException} if the variants were tested on different samples
   */
  public Uni<ExperimentAnswers> compare(Question question) {
    return recent.to(
        question,
        () ->
            Sessions.with(session -> chosen(session, question).chain(chosen -> read(chosen)))
                .chain(read -> Calculation.of(() -> view(question, read))));
  }

  private static Uni<Chosen> chosen(Mutiny.Session session, Question question) {
    return session
        .createNativeQuery(VARIANTS, String.class)
        .setParameter("experiment", question.experiment())
        .setParameter("archived", question.archived().flag())
        .getResultList()
        .invoke(known -> check(question, known))
        .chain(
            () ->
                session
                    .createNativeQuery(RUNS, Object[].class)
                    .setParameter("experiment", question.experiment())
                    .setParameter("a", question.a())
                    .setParameter("b", question.b())
                    .setParameter("archived", question.archived().flag())
                    .setParameter("limit", MAX_RUNS + 1)
                    .getResultList())
        .map(rows -> chosen(question, rows.stream().map(Candidate::of).toList()));
  }

  private static void check(Question question, List<String> known) {
    if (known.isEmpty()) {
      throw new UnknownException(
          "experiment " + Check.quote(question.experiment()) + " has no runs to compare");
    }
    if (question.a().equals(question.b())) {
      throw new InvalidMessageException("b", "is the same variant as a; give another one");
    }
    check("a", question.a(), known);
    check("b", question.b(), known);
  }

  private static void check(String field, String variant, List<String> known) {
    if (!known.contains(variant)) {
      throw new InvalidMessageException(
          field,
          Check.quote(variant)
              + " is not a variant of this experiment; give one of "
              + Check.cut(String.join(", ", known), 500));
    }
  }

  private static Chosen chosen(Question question, List<Candidate> found) {
    TestPart part = commonest(question, found);
    if (part == null) {
      throw incomparable(question, found);
    }
    int most = Math.min(MAX_RUNS, Math.max(1, MAX_ANSWERS / 2 / part.samples()));
    List<Candidate> a = found.stream().filter(one -> one.isOf(question.a(), part)).toList();
    List<Candidate> b = found.stream().filter(one -> one.isOf(question.b(), part)).toList();
    List<LeftOutRun> leftOut =
        found.stream()
            .filter(one -> !part.equals(one.part()))
            .limit(MAX_LEFT_OUT)
            .map(
                one ->
                    new LeftOutRun(
                        one.run(), one.part() == null ? one.reason() : one.part().unlike(part)))
            .toList();
    return new Chosen(
        a.subList(0, Math.min(most, a.size())),
        b.subList(0, Math.min(most, b.size())),
        leftOut,
        Math.max(a.size(), b.size()) > most);
  }

  /**
   * The test part that allows the largest comparison: the smaller number of runs of the two
   * variants is highest; ties go to the newest. Null if the variants share no test part.
   */
  private static TestPart commonest(Question question, List<Candidate> found) {
    var parts = new LinkedHashSet<TestPart>();
    found.stream().map(Candidate::part).filter(Objects::nonNull).forEach(parts::add);
    TestPart commonest = null;
    long most = 0;
    for (TestPart part : parts) {
      long runs =
          Math.min(
              found.stream().filter(one -> one.isOf(question.a(), part)).count(),
              found.stream().filter(one -> one.isOf(question.b(), part)).count());
      if (runs > most) {
        most = runs;
        commonest = part;
      }
    }
    return commonest;
  }

  private static RuntimeException incomparable(Question question, List<Candidate> found) {
    var tested = new ArrayList<TestPart>();
    for (String variant : List.of(question.a(), question.b())) {
      List<Candidate> own = found.stream().filter(one -> one.variant().equals(variant)).toList();
      if (own.isEmpty()) {
        return new UnknownException("variant " + Check.quote(variant) + " has no completed run");
      }
      Candidate kept =
          own.stream().filter(one -> one.part() != null).findFirst().orElse(own.get(0));
      if (kept.part() == null) {
        return new UnknownException(
            "variant %s has no completed run with predictions to compare; run %s: %s"
                .formatted(Check.quote(variant), Check.quote(kept.run()), kept.reason()));
      }
      tested.add(kept.part());
    }
    return new InvalidMessageException(
        "b",
        "no run of variant %s was tested on the same samples as a run of variant %s: %s"
            .formatted(
                Check.quote(question.b()),
                Check.quote(question.a()),
                tested.get(1).unlike(tested.get(0))));
  }

  private record Read(Chosen chosen, Map<Long, byte[]> packed, List<String> classes) {}

  private Uni<Read> read(Chosen chosen) {
    Candidate newest = chosen.a().get(0);
    return Evaluation.<Evaluation>findById(newest.id())
        .onItem()
        .ifNull()
        .failWith(() -> UnknownException.ofRun(newest.run()))
        .map(evaluation -> EvaluationView.classes(evaluation.confusion))
        .chain(
            classes ->
                answers.packed(chosen.ids()).map(packed -> new Read(chosen, packed, classes)));
  }

  /** A run and its predictions. */
  private record Answered(Candidate run, SampleAnswers answers) {
    /** The runs that still exist, with their predictions. */
    static List<Answered> of(List<Candidate> runs, Map<Long, byte[]> packed) {
      return runs.stream()
          .filter(run -> packed.containsKey(run.id()))
          .map(
              run ->
                  new Answered(run, SampleAnswers.read(AnswerQueries.FIELD, packed.get(run.id()))))
          .toList();
    }

    boolean isOf(SampleAnswers samples) {
      return answers.areOfSameClasses(samples);
    }
  }

  /**
   * The samples that allow the largest comparison. According to requests and fingerprints, all runs
   * have the same samples; this verifies it.
   */
  private static SampleAnswers commonest(Question question, List<Answered> a, List<Answered> b) {
    var parts = new ArrayList<SampleAnswers>();
    Stream.concat(a.stream(), b.stream())
        .filter(one -> parts.stream().noneMatch(one::isOf))
        .forEachOrdered(one -> parts.add(one.answers()));
    SampleAnswers commonest = null;
    long most = 0;
    for (SampleAnswers part : parts) {
      long runs =
          Math.min(
              a.stream().filter(one -> one.isOf(part)).count(),
              b.stream().filter(one -> one.isOf(part)).count());
      if (runs > most) {
        most = runs;
        commonest = part;
      }
    }
    if (commonest == null) {
      throw new InvalidMessageException(
          "b",
          "no run of variant %s has test samples of the same classes as a run of variant %s"
              .formatted(Check.quote(question.b()), Check.quote(question.a())));
    }
    return commonest;
  }

  private static ExperimentAnswers view(Question question, Read read) {
    List<String> names = read.classes();
    Integer of = AnswerQueries.index("class", question.of(), names);
    List<Answered> allOfA = Answered.of(read.chosen().a(), read.packed());
    List<Answered> allOfB = Answered.of(read.chosen().b(), read.packed());
    SampleAnswers samples = commonest(question, allOfA, allOfB);
    List<Answered> a = allOfA.stream().filter(one -> one.isOf(samples)).toList();
    List<Answered> b = allOfB.stream().filter(one -> one.isOf(samples)).toList();
    List<LeftOutRun> leftOut =
        Stream.concat(
                read.chosen().leftOut().stream(),
                Stream.concat(allOfA.stream(), allOfB.stream())
                    .filter(one -> !one.isOf(samples))
                    .map(
                        one ->
                            new LeftOutRun(one.run().run(), "its test samples have other classes")))
            .limit(MAX_LEFT_OUT)
            .toList();
    var duel =
        new SampleDuel(
            a.stream().map(Answered::answers).toList(), b.stream().map(Answered::answers).toList());
    List<SampleDuel.ClassTally> tallies = duel.classes();
    List<ClassChange> classes =
        IntStream.range(0, tallies.size())
            .filter(c -> of == null || of == c)
            .mapToObj(c -> change(names.get(c), tallies.get(c)))
            .toList();
    return new ExperimentAnswers(
        question.experiment(),
        classes.stream().mapToInt(ClassChange::samples).sum(),
        side(question.a(), a, classes.stream().map(ClassChange::aRight)),
        side(question.b(), b, classes.stream().map(ClassChange::bRight)),
        classes,
        differences(duel.differences(Change.GAINED, of, question.limit()), names),
        differences(duel.differences(Change.LOST, of, question.limit()), names),
        leftOut.isEmpty() ? null : leftOut,
        read.chosen().truncated() ? true : null);
  }

  private static Side side(String variant, List<Answered> runs, Stream<Number> right) {
    return new Side(
        variant,
        runs.stream().map(one -> one.run().run()).toList(),
        runs.stream().map(one -> one.run().seed()).toList(),
        Significant.number(right.mapToDouble(Number::doubleValue).sum()));
  }

  private static ClassChange change(String name, SampleDuel.ClassTally tally) {
    return new ClassChange(
        name,
        tally.samples(),
        Significant.number(tally.a()),
        Significant.number(tally.b()),
        tally.gained(),
        tally.lost());
  }

  private static List<Difference> differences(
      List<SampleDuel.Difference> found, List<String> names) {
    return found.stream()
        .map(
            one ->
                new Difference(
                    one.index(),
                    names.get(one.of()),
                    Significant.number(one.a()),
                    Significant.number(one.b()),
                    names.get(one.answerOfA()),
                    names.get(one.answerOfB())))
        .toList();
  }
}
