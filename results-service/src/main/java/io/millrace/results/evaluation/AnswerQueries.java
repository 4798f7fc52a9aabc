package io.millrace.results.evaluation;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.SampleAnswers;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.RunQueries;
import io.millrace.results.store.AnswerStore;
import io.millrace.results.store.Evaluation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/** Queries on a run's predictions for the test samples. */
@ApplicationScoped
public class AnswerQueries {
  /** The field that errors about unreadable stored data name. */
  public static final String FIELD = "answers";

  private final AnswerStore answers;

  AnswerQueries(AnswerStore answers) {
    this.answers = answers;
  }

  /**
   * The requested samples.
   *
   * @param of the class of the samples; null for all
   * @param answer the predicted class; null for all
   * @param wrong whether to return only wrong predictions
   * @param from the index of the first sample
   * @param limit the maximum number of samples
   */
  public record Filter(String of, String answer, boolean wrong, int from, int limit) {}

  /**
   * A page of a run's predictions for the test samples.
   *
   * @return fails with {@link UnknownException} if the run does not exist or its predictions are
   *     not stored
   */
  public Uni<RunAnswers> ofRun(String name, Filter filter) {
    return RunQueries.ofRun(
            name,
            run ->
                Evaluation.<Evaluation>findById(run.id)
                    .onItem()
                    .ifNull()
                    .failWith(() -> RunQueries.notEvaluated(run))
                    .chain(
                        evaluation ->
                            answers
                                .packed(List.of(run.id))
                                .map(found -> new Stored(evaluation, found.get(run.id)))))
        .chain(
            stored -> {
              if (stored.packed() == null) {
                throw new UnknownException(
                    "the predictions of run "
                        + Check.quote(name)
                        + " are not stored: "
                        + notKept(stored.evaluation()));
              }
              return Calculation.of(() -> page(name, stored, filter));
            });
  }

  private record Stored(Evaluation evaluation, byte[] packed) {}

  private static String notKept(Evaluation evaluation) {
    if (evaluation.confusion == null) {
      return "it predicts numbers, not classes";
    }
    return evaluation.answersLeftOut == null
        ? "its trainer ran an earlier version"
        : evaluation.answersLeftOut;
  }

  private static RunAnswers page(String run, Stored stored, Filter filter) {
    SampleAnswers answers = SampleAnswers.read(FIELD, stored.packed());
    List<String> classes = EvaluationView.classes(stored.evaluation().confusion);
    Integer of = index("class", filter.of(), classes);
    Integer answer = index("answer", filter.answer(), classes);
    var page = new ArrayList<RunAnswers.Answer>();
    Integer next = null;
    int right = 0;
    int total = 0;
    for (int i = 0; i < answers.samples(); i++) {
      right += answers.isRight(i) ? 1 : 0;
      if ((of == null || of == answers.classOf(i))
          && (answer == null || answer == answers.answerOf(i))
          && !(filter.wrong() && answers.isRight(i))) {
        total++;
        if (i >= filter.from() && page.size() < filter.limit()) {
          page.add(answer(answers, i, classes));
        } else if (i >= filter.from() && next == null) {
          next = i;
        }
      }
    }
    return new RunAnswers(run, answers.samples(), right, total, page, next);
  }

  private static RunAnswers.Answer answer(SampleAnswers answers, int i, List<String> classes) {
    var confidence = answers.confidenceOf(i);
    return new RunAnswers.Answer(
        i,
        classes.get(answers.classOf(i)),
        classes.get(answers.answerOf(i)),
        answers.isRight(i),
        confidence.isPresent() ? thousandths(confidence.getAsDouble()) : null);
  }

  /** Rounds to thousandths, because confidences are stored in steps of 1/255. */
  private static double thousandths(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  /** The index of the class that a parameter names; null if the parameter is absent. */
  public static Integer index(String field, String name, List<String> classes) {
    if (name == null) {
      return null;
    }
    int index = classes.indexOf(name);
    if (index < 0) {
      throw new InvalidMessageException(
          field,
          Check.quote(name)
              + " is not a class of the data; give one of "
              + Check.cut(String.join(", ", classes), 500));
    }
    return index;
  }
}
