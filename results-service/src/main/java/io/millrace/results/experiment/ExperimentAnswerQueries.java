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
 * Which test samples one variant gets right and another wrong. Only runs that were tested on the
 * same samples in the same order are compared: of the same data, by their fingerprint, split alike.
 * The trials of a search are in no comparison.
 */
@ApplicationScoped
public class ExperimentAnswerQueries {
  /** The most runs of a variant that are looked at, the newest. */
  private static final int MAX_RUNS = 1_000;

  /**
   * The most answers that are read, runs times samples, half for each variant, the newest runs'; at
   * least one run's of each. An answer takes 3 bytes of memory, 5 of more than 256 classes, and
   * while it is unpacked as many again at most.
   */
  private static final int MAX_ANSWERS = 4_000_000;

  /** The most runs that are told as left out. */
  private static final int MAX_LEFT_OUT = 100;

  /**
   * Completed runs with what says on which samples they were tested. Of {@code dataset} some fields
   * do not: they say what is made of the samples, or are of the other parts.
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
   * What is asked.
   *
   * @param a the first variant
   * @param b the second one
   * @param of the name of the only class; null for all
   * @param limit the most samples of each list
   * @param archived which of the runs count
   */
  public record Question(
      String experiment, String a, String b, String of, int limit, Archived archived) {}

  /** On which samples a run was tested. */
  private record TestPart(
      String fingerprint, String testFraction, String splitSeed, String dataset, int samples) {

    /** Why a run of this part is not compared with those of another one. */
    String unlike(TestPart other) {
      if (!fingerprint.equals(other.fingerprint)) {
        return "its data are others: their fingerprint is %.12s…, not %.12s…"
            .formatted(fingerprint, other.fingerprint);
      }
      if (!Objects.equals(testFraction, other.testFraction)) {
        return "its dataset.test_fraction is %s, not %s"
            .formatted(testFraction, other.testFraction);
      }
      return Objects.equals(splitSeed, other.splitSeed)
          ? "its dataset may choose other test samples"
          : "its dataset.split_seed is %s, not %s".formatted(splitSeed, other.splitSeed);
    }
  }

  /**
   * A completed run.
   *
   * @param part null where it cannot be compared
   * @param reason why it cannot; else null
   */
  private record Candidate(
      long id, String run, String variant, Long seed, TestPart part, String reason) {

    static Candidate of(Object[] row) {
      String reason = null;
      if (!Boolean.TRUE.equals(row[4])) {
        reason =
            row[5] == null
                ? "its evaluation has no answers: it predicts numbers, or its trainer was of an"
                    + " earlier version"
                : "its answers are not kept: " + row[5];
      } else if (row[6] == null) {
        reason = "the fingerprint of its data is not known";
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

  /** The runs that are compared. */
  private record Chosen(
      List<Candidate> a, List<Candidate> b, List<LeftOutRun> leftOut, boolean truncated) {
    List<Long> ids() {
      return Stream.concat(a.stream(), b.stream()).map(Candidate::id).toList();
    }
  }

  /**
   * The variants sample by sample.
   *
   * @return fails with {@link UnknownException} where one has no run whose answers are kept, and
   *     with {@link InvalidMessageException} where their runs were tested on other samples
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
          "no runs of the experiment " + Check.quote(question.experiment()) + " are known");
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
              + " is no variant of this experiment; give one of "
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
   * The test part that both variants have runs of, the most of the one that has fewer; of equal
   * ones the newest. Null where there is none.
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
        return new UnknownException("no run of " + Check.quote(variant) + " has completed yet");
      }
      Candidate kept =
          own.stream().filter(one -> one.part() != null).findFirst().orElse(own.get(0));
      if (kept.part() == null) {
        return new UnknownException(
            "no completed run of %s has answers to compare: of %s, %s"
                .formatted(Check.quote(variant), Check.quote(kept.run()), kept.reason()));
      }
      tested.add(kept.part());
    }
    return new InvalidMessageException(
        "b",
        "no run of %s was tested on the same samples as one of %s: %s"
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
        .failWith(() -> new UnknownException("no run " + Check.quote(newest.run()) + " is known"))
        .map(evaluation -> EvaluationView.classes(evaluation.confusion))
        .chain(
            classes ->
                answers.packed(chosen.ids()).map(packed -> new Read(chosen, packed, classes)));
  }

  /** A run and its answers. */
  private record Answered(Candidate run, SampleAnswers answers) {
    /** Those of the runs that are still there. */
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
   * The samples that both variants have answers to, the most of the one that has fewer. By their
   * requests and their data all are the same: this makes sure of it.
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
          "no run of %s has test samples of the same classes as one of %s"
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
                            new LeftOutRun(
                                one.run().run(), "its test samples are of other classes")))
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
