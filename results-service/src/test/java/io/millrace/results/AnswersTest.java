package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.results.store.LossSpan;
import io.millrace.results.store.LossStore;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunStore;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.VertxContextSupport;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Queries over many runs, long runs and experiments. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class AnswersTest extends RunningService {
  @Inject RunStore store;
  @Inject LossStore losses;

  @Test
  void downsamplingAMillionStepsKeepsTheSmallestAndLargestLoss() throws Throwable {
    int most = 1_000_000;
    int piece = 200_000;
    for (int from = 0; from < most; from += piece) {
      var losses = new ArrayList<Double>(piece);
      for (int step = from; step < from + piece; step++) {
        losses.add(loss(step));
      }
      Rows rows =
          new Rows(
              List.of(),
              List.of(new Rows.Progress("million", null, Instant.EPOCH, 0, from + piece)),
              List.of(new Rows.Steps("million", null, from / piece, from, losses)),
              List.of(),
              List.of(),
              List.of(),
              List.of());
      VertxContextSupport.subscribeAndAwait(() -> store.write(rows));
    }

    Response answer = when().get("/runs/million/losses?points=1000&smooth=0.6");

    assertThat(answer.asByteArray()).hasSizeLessThan(50_000);
    JsonPath shown = answer.jsonPath();
    assertThat(shown.getInt("total")).isEqualTo(most);
    List<Integer> steps = shown.getList("step");
    assertThat(steps).hasSizeBetween(990, 1_000).isSorted().startsWith(0).endsWith(most - 1);
    assertThat(shown.getDouble("loss[" + steps.indexOf(123_456) + "]")).isEqualTo(-1);
    assertThat(shown.getDouble("loss[" + steps.indexOf(654_321) + "]")).isEqualTo(99);
    assertThat(shown.getList("smoothed")).hasSameSizeAs(steps);
    assertThat(shown.getList("epoch")).startsWith(0).endsWith(4);

    JsonPath part = get("/runs/million/losses?points=3&from=777777&to=777779");
    assertThat(part.getInt("total")).isEqualTo(2);
    assertThat(part.getList("step")).containsExactly(777_777, 777_778);
    assertThat(part.getList("loss").get(0)).as("a loss that is not finite").isNull();

    JsonPath inner = get("/runs/million/losses?points=1000&from=100001&to=900001");
    assertThat(inner.getInt("total")).isEqualTo(800_000);
    assertThat(inner.getList("step"))
        .startsWith(100_001)
        .contains(123_456, 654_321)
        .endsWith(900_000);

    long id;
    try (var database = Infrastructure.database();
        var statement = database.createStatement();
        var found = statement.executeQuery("select id from run where run = 'million'")) {
      found.next();
      id = found.getLong(1);
      found.close();
      statement.executeUpdate("update run set experiment = 'long', variant = 'a' where id = " + id);
    }
    JsonPath band = get("/experiments/long/curves?metric=loss&x=step&points=500");
    List<Integer> ends = band.getList("variants[0].x");
    assertThat(ends).hasSize(497).startsWith(2_015, 4_031).endsWith(most - 1);
    for (int i : new int[] {0, 1, 61, 496}) {
      assertThat(band.getDouble("variants[0].mean[" + i + "]"))
          .isCloseTo(meanLoss(2_016 * i, ends.get(i)), Offset.offset(1e-5));
    }
    Map<Long, List<LossSpan>> outlines = outlines(id, 100_001, 900_001);
    assertThat(outlines.get(id).stream().mapToInt(LossSpan::known).sum()).isEqualTo(800_000);
    assertThat(outlines.get(id)).hasSizeLessThan(800_000 / LossSpan.STEPS + 2 * 960);
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      assertThat(statement.executeUpdate("delete from loss_outline where run_id = " + id))
          .isEqualTo(most / 960);
    }
    assertThat(outlines(id, 100_001, 900_001))
        .as("outlines of blocks without a stored outline")
        .isEqualTo(outlines);
  }

  private static double meanLoss(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(AnswersTest::loss)
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }

  private Map<Long, List<LossSpan>> outlines(long run, long from, long to) throws Throwable {
    return VertxContextSupport.subscribeAndAwait(
        () -> losses.outlines(List.of(run), new LossStore.Range(from, from, to, false)));
  }

  /** A falling loss with one low outlier, one high outlier, and one value that is not finite. */
  private static Double loss(int step) {
    return switch (step) {
      case 123_456 -> -1.0;
      case 654_321 -> 99.0;
      case 777_777 -> null;
      default -> 2 / (1 + step / 1e4) + step * 7_919 % 1_000 / 5e3;
    };
  }

  @Test
  void runsCanBeSearchedByTagTimePartialIdAndMetric() {
    publisher.request("find-Queued", tagged("find-Queued", "night", "gpu"));
    publisher.request("find-other", tagged("find-other", "day"));
    for (int i = 0; i < 4; i++) {
      List<TrainingEvent> events =
          new ArrayList<>(
              Events.ofImages("find-" + i, "find", "plain", i).imageLife(0.5 + i / 8.0, 2.0 - i));
      // The order of the events does not matter.
      if (i % 2 == 1) {
        Collections.reverse(events);
      }
      publisher.events(events);
    }
    for (int i = 0; i < 4; i++) {
      awaitState("find-" + i, "COMPLETED");
    }
    awaitUntil("/runs?experiment=find&sort=test_acc", json -> json.getList("runs").size() == 4);
    awaitState("find-other", "QUEUED");

    assertThat(runs("tag=night")).containsExactly("find-Queued");
    assertThat(get("/runs?tag=gpu").getList("runs[0].tags")).containsExactly("night", "gpu");
    assertThat(runs("q=D-quEUED")).containsExactly("find-Queued");
    assertThat(runs("q=%25")).as("a literal percent sign").isEmpty();
    assertThat(runs("experiment=find&since=2026-01-01T12:00:00Z&until=2026-01-02")).hasSize(4);
    assertThat(runs("experiment=find&until=2026-01-01T13:00:00%2B01:00")).isEmpty();

    assertThat(runs("experiment=find&sort=test_acc"))
        .containsExactly("find-3", "find-2", "find-1", "find-0");
    assertThat(runs("experiment=find&sort=val_loss&order=asc"))
        .containsExactly("find-3", "find-2", "find-1", "find-0");
    assertThat(runs("experiment=find&sort=best_val_loss&order=desc&limit=1"))
        .containsExactly("find-0");
    assertThat(runs("experiment=find&order=asc").get(0)).isEqualTo("find-0");
    assertThat(runs("experiment=find&where=test_acc%3E=0.75&where=val_loss%3E-1"))
        .containsExactly("find-2");
    assertThat(runs("experiment=find&where=seconds%3C12.5")).isEmpty();
    assertThat(runs("experiment=find&where=seconds%3C=12.5")).hasSize(4);
  }

  @Test
  void runsSortedByAMetricArePagedInBothDirections() {
    double[] accuracies = {0.5, 0.75, 0.5, 0.25, 0.75};
    for (int i = 0; i < accuracies.length; i++) {
      publisher.events(
          Events.ofImages("sorted-" + i, "sorted", "plain", i).imageLife(accuracies[i], 1.0));
    }
    awaitUntil(
        "/runs?experiment=sorted&sort=test_acc&state=completed",
        json -> json.getList("runs").size() == 5);

    assertThat(pages("experiment=sorted&sort=test_acc&order=desc"))
        .containsExactly("sorted-4", "sorted-1", "sorted-2", "sorted-0", "sorted-3");
    assertThat(pages("experiment=sorted&sort=test_acc&order=asc"))
        .containsExactly("sorted-3", "sorted-0", "sorted-2", "sorted-1", "sorted-4");
    assertThat(pages("experiment=sorted&order=asc"))
        .containsExactly("sorted-0", "sorted-1", "sorted-2", "sorted-3", "sorted-4");
  }

  private static List<String> pages(String query) {
    var seen = new ArrayList<String>();
    String next = "";
    while (next != null) {
      JsonPath page = get("/runs?limit=2&" + query + (next.isEmpty() ? "" : "&cursor=" + next));
      seen.addAll(page.getList("runs.run"));
      next = page.getString("next");
    }
    return seen;
  }

  /** The smoothed loss is lowest at step 14, whose rate is 0.001 * 10^(6 * 14 / 29). */
  @Test
  void aRangeTestSuggestsATenthOfTheRateAtTheLowestSmoothedLoss() {
    Events range = Events.ofRangeTest("range");
    Double[] losses = new Double[20];
    for (int step = 0; step < losses.length; step++) {
      losses[step] = step < 5 ? 2.0 : step < 15 ? 1.0 : 50.0;
    }
    publisher.events(List.of(range.started(), range.steps(0, losses)));
    JsonPath found =
        awaitUntil("/runs/range/range-test", json -> json.getList("loss").size() == 20);

    assertThat(found.getDouble("suggested_learning_rate"))
        .isCloseTo(1e-4 * Math.pow(10, 6 * 14 / 29.0), within(1e-12));
    assertThat(found.getDouble("learning_rate[0]")).isEqualTo(0.001);
    assertThat(found.getDouble("loss[19]")).isEqualTo(50);
    assertThat(found.getDouble("smoothed[0]")).isEqualTo(2);
    assertThat(found.getString("rule")).contains("fastai");

    publisher.events(List.of(Events.ofImages("no-range", "ranges", "none", 0).started()));
    awaitUntil("/runs/no-range", json -> json.getString("state").equals("RUNNING"));
    assertThat(when().get("/runs/no-range/range-test").then().statusCode(404).extract().asString())
        .contains("is not a range test: its learning_rate is not of type RangeTest");
  }

  @Test
  void anExperimentReportsWhetherEachVariantBeatsTheBaseline() {
    double[] plain = {0.5, 0.53125, 0.46875};
    double[] dropout = {0.75, 0.78125, 0.71875};
    for (int seed = 0; seed < 3; seed++) {
      publisher.events(
          Events.ofImages("trick-d" + seed, "trick", "dropout", seed)
              .imageLife(dropout[seed], 1.0, 0.75 + seed / 8.0));
      publisher.events(
          Events.ofImages("trick-p" + seed, "trick", "none", seed).imageLife(plain[seed], 1.5));
    }
    publisher.events(Events.ofImages("trick-a", "trick", "adam", 0).imageLife(0.625, 1.5));
    JsonPath found =
        awaitUntil(
            "/experiments/trick",
            json ->
                json.getList("variants.completed").equals(List.of(1, 3, 3))
                    || json.getList("variants.completed").stream().mapToInt(n -> (int) n).sum()
                        == 7);

    assertThat(found.getString("metric")).as("the request's first metric").isEqualTo("test_acc");
    assertThat(found.getBoolean("higher_is_better")).isTrue();
    assertThat(found.getString("baseline")).isEqualTo("none");
    String answer = found.getString("answer");
    assertThat(answer)
        .isEqualTo(
            "dropout helps; it is not clear yet whether adam helps. Best is dropout: test_acc 0.75 ±"
                + " 0.08 versus 0.50 ± 0.08 for none");
    assertThat(variant(found, "dropout").getString("comparison.sentence"))
        .isEqualTo(
            "dropout helps: test_acc 0.75 ± 0.08 versus 0.50 ± 0.08 for none (Welch p < 0.001, 3"
                + " runs each)");
    JsonPath variant = variant(found, "dropout");
    assertThat(variant.getString("comparison.verdict")).isEqualTo("better");
    assertThat(variant.getDouble("comparison.difference")).isEqualTo(0.25);
    assertThat(variant.getDouble("comparison.percent")).isEqualTo(50.0);
    assertThat(variant.getDouble("comparison.low")).isBetween(0.1, 0.25);
    assertThat(variant.getDouble("comparison.effect_size")).isGreaterThan(2);
    assertThat(variant.getDouble("test.acc.low")).isLessThan(0.72);
    // The last epoch: loss 0.5, val_loss 0.75, 0.875 and 1.0; acc 0.5, val_acc 0.25.
    assertThat(variant.getDouble("generalization_gap.loss.mean")).isEqualTo(0.375);
    assertThat(variant.getDouble("generalization_gap.acc.mean")).isEqualTo(0.25);
    assertThat(variant(found, "none").getMap("")).doesNotContainKey("comparison");
    assertThat(variant(found, "adam").getString("comparison.verdict")).isEqualTo("no_spread");
    assertThat(variant(found, "adam").getString("comparison.sentence"))
        .endsWith("but with one run of variant adam there is no spread to judge by");
    assertThat(variant(found, "adam").getMap("test.acc"))
        .containsEntry("low", null)
        .containsEntry("high", null);

    JsonPath other = get("/experiments/trick?baseline=dropout&metric=val_loss");
    assertThat(other.getBoolean("higher_is_better")).isFalse();
    assertThat(variant(other, "none").getString("comparison.verdict")).isEqualTo("worse");
    when().get("/experiments/trick?baseline=nobody").then().statusCode(400);

    assertThat(line("trick"))
        .containsEntry("answer", answer)
        .containsEntry("metric", "test_acc")
        .containsEntry("best_variant", "dropout")
        .containsEntry("sparkline", List.of(1, 0.875));
  }

  /** An entry of the list of experiments. Waits for it, because the list may be a second old. */
  private static Map<Object, Object> line(String experiment) {
    return awaitLine(experiment, line -> true);
  }

  private static Map<Object, Object> awaitLine(
      String experiment, Predicate<Map<Object, Object>> holds) {
    String line = "experiments.find { it.experiment == '" + experiment + "' }";
    return awaitUntil(
            "/experiments?limit=499",
            json -> json.getMap(line) != null && holds.test(json.getMap(line)))
        .getMap(line);
  }

  @Test
  void theListAndTheExperimentShowTheSameAnswerOnLossAndNaiveBaseline() {
    for (int seed = 1; seed <= 3; seed++) {
      for (String variant : List.of("none", "dropout")) {
        var run = Events.ofImages("told-" + variant + seed, "told", variant, seed);
        double loss = variant.equals("none") ? 2.0 : 1.0;
        publisher.events(
            run.started(),
            run.epoch(0, 1.5, 1.25),
            run.evaluatedImages(0.25 + seed / 100.0, loss + seed / 100.0),
            run.completed(1));
      }
    }
    for (int seed = 1; seed <= 3; seed++) {
      awaitState("told-none" + seed, "COMPLETED");
      awaitState("told-dropout" + seed, "COMPLETED");
    }
    String answer = get("/experiments/told").getString("answer");

    assertThat(answer)
        .startsWith(
            "By test_loss, dropout helps (test_loss 1.02 ± 0.02 versus 2.02 ± 0.02 for none). By"
                + " test_acc, it is not clear yet whether dropout helps: test_acc 0.27 ± 0.02")
        .endsWith(". No variant beats the naive baseline (test_acc 0.5)");
    assertThat(line("told")).containsEntry("answer", answer);
  }

  @Test
  void theExperimentListUpdatesTheBestVariantWhenARunChanges() {
    var late = Events.ofImages("followed-late", "followed", "late", 1);
    publisher.events(Events.ofImages("followed-1", "followed", "none", 1).imageLife(0.5, 1.5));
    publisher.events(late.started(), late.epoch(0, 1.5, 1.25), late.completed(1));
    awaitState("followed-1", "COMPLETED");
    awaitState("followed-late", "COMPLETED");
    awaitLine("followed", "best_variant", "none");

    publisher.events(late.evaluatedImages(0.75, 1.0));
    awaitLine("followed", "best_variant", "late");

    publisher.events(Events.ofImages("followed-2", "followed", "other", 1).imageLife(0.875, 1.5));
    awaitLine("followed", "best_variant", "other");

    when().post("/runs/followed-2/archive").then().statusCode(200);
    awaitLine("followed", "best_variant", "late");
  }

  private static void awaitLine(String experiment, String field, Object value) {
    awaitLine(experiment, line -> value.equals(line.get(field)));
  }

  @Test
  void anExperimentWithoutACompletedRunSaysSo() {
    publisher.events(Events.ofImages("young-1", "young", "plain", 1).started());
    JsonPath found = awaitUntil("/experiments/young", json -> true);

    assertThat(found.getString("answer"))
        .isEqualTo("No run has completed with a finite test_acc yet");
    assertThat(line("young")).doesNotContainKeys("best_variant", "sparkline").containsKey("answer");
  }

  @Test
  void aNonFiniteValueIsNullEverywhereAndNeverTheBest() {
    publisher.events(
        Events.ofImages("nan-1", "nan", "plain", 1).imageLife(Double.NaN, 2.0, Double.NaN));
    publisher.events(
        Events.ofImages("nan-2", "nan", "dropout", 2)
            .imageLife(0.75, 1.5, Double.POSITIVE_INFINITY));
    publisher.events(Events.ofImages("nan-3", "nan", "adam", 3).imageLife(0.5, 1.5, 1.25));
    JsonPath run = awaitState("nan-1", "COMPLETED");
    awaitState("nan-2", "COMPLETED");
    awaitState("nan-3", "COMPLETED");

    assertThat(run.getMap("metrics")).containsEntry("val_loss", null).containsEntry("loss", 0.5);
    assertThat(run.getMap("test")).containsEntry("acc", null).containsEntry("loss", 1.0);
    assertThat(get("/runs?experiment=nan").getMap("runs.find { it.run == 'nan-1' }.test"))
        .containsEntry("acc", null);
    assertThat(get("/runs/nan-1/evaluation").getMap("metrics")).containsEntry("acc", null);
    JsonPath history = get("/runs/nan-1/history");
    assertThat(history.getMap("epochs[0].metrics")).containsEntry("val_loss", 2.0);
    assertThat(history.getMap("epochs[1].metrics")).containsEntry("val_loss", null);
    assertThat(get("/runs/nan-1/history?points=3").getList("metrics.val_loss"))
        .containsExactly(2, null);
    assertThat(when().get("/runs/nan-1/history?format=csv").asString().lines().skip(2))
        .singleElement()
        .asString()
        .endsWith(",0.5,0.5,,0.25");
    assertThat(get("/curves?run=nan-1&metric=val_loss").getList("curves[0].y"))
        .containsExactly(2, null);
    assertThat(get("/runs/nan-1/log").getList("events.text", String.class))
        .contains("epoch 2: loss 0.5000, acc 0.5000, val_loss not finite, val_acc 0.2500");

    assertThat(get("/runs?experiment=nan&sort=val_loss&order=asc").getList("runs.run"))
        .as("runs whose latest val_loss is finite")
        .containsExactly("nan-3");
    assertThat(get("/runs?experiment=nan&where=val_loss<9").getList("runs.run"))
        .containsExactly("nan-3");
    assertThat(get("/runs?experiment=nan&sort=test_acc&order=asc").getList("runs.run"))
        .containsExactly("nan-3", "nan-2");

    JsonPath compared = get("/experiments/nan?baseline=adam");
    assertThat(compared.getString("answer")).startsWith("dropout looks better: test_acc 0.75");
    assertThat(compared.getMap("variants[0].test")).containsEntry("acc", null).containsKey("loss");
    assertThat(compared.getMap("variants[0].last_epoch")).containsEntry("val_loss", null);
    assertThat(compared.getMap("variants[0].generalization_gap"))
        .containsEntry("loss", null)
        .containsKey("acc");
    assertThat(compared.getMap("variants[0]")).doesNotContainKeys("comparison", "prediction");
    assertThat(compared.getDouble("variants[0].best_epoch.mean")).isZero();
    assertThat(compared.getDouble("variants[0].best_val_loss.mean")).isEqualTo(2);
    assertThat(get("/experiments/nan?baseline=plain").getString("answer"))
        .isEqualTo(
            "dropout has test_acc 0.75 (one run), but no run of variant plain has completed"
                + " with a finite value to compare with");
    assertThat(get("/experiments/nan/curves?metric=val_loss").getList("variants[0].mean"))
        .containsExactly(2, null);
    List<String> table =
        when().get("/experiments/nan?baseline=adam&format=csv").asString().lines().toList();
    int acc = List.of(table.get(0).split(",")).indexOf("test_acc");
    assertThat(table.get(1).split(",", -1)[acc]).isEmpty();
    assertThat(table.get(2).split(",", -1)[acc]).isEqualTo("0.75");
  }

  @Test
  void oneResponseContainsTheCurvesOfSeveralRuns() {
    publisher.events(Events.ofImages("curve-1", "curves", "a", 1).imageLife(0.5, 2.0, 1.0));
    publisher.events(Events.ofImages("curve-2", "curves", "a", 2).imageLife(0.5, 3.0, 1.5));
    publisher.events(Events.ofImages("curve-3", "curves", "a", 3).imageLife(0.5, 4.0));
    for (int i = 1; i <= 3; i++) {
      awaitState("curve-" + i, "COMPLETED");
    }

    JsonPath byEpoch = get("/curves?run=curve-2&run=curve-1&metric=val_loss&x=epoch&smooth=0.5");
    assertThat(byEpoch.getList("curves.run")).containsExactly("curve-2", "curve-1");
    assertThat(byEpoch.getList("curves[0].x")).containsExactly(0, 1);
    assertThat(byEpoch.getList("curves[0].y")).containsExactly(3, 1.5);
    assertThat(byEpoch.getList("curves[0].smoothed")).containsExactly(3, 2);
    assertThat(get("/curves?run=curve-1&x=step").getList("curves[0].x")).containsExactly(3, 6);
    assertThat(get("/curves?run=curve-1&x=time").getList("curves[0].x")).containsExactly(2, 4);
    assertThat(
            get("/curves?run=curve-3&run=curve-1&metric=loss&x=step&points=3")
                .getList("curves.total"))
        .containsExactly(3, 6);
    JsonPath bySteps = get("/curves?run=curve-1&metric=loss&x=step&from=1&to=4");
    assertThat(bySteps.getList("curves[0].x")).containsExactly(1, 2, 3);
    assertThat(bySteps.getList("curves[0].y")).containsExactly(1.5, 1.25, 1);
    assertThat(get("/curves?run=curve-1&metric=loss&x=time").getList("curves[0].x"))
        .containsExactly(0.666667, 1.33333, 2, 2.66667, 3.33333, 4);
    when().get("/curves?run=curve-1&metric=nothing").then().statusCode(400);
    when().get("/curves?run=curve-1&run=nobody").then().statusCode(404);
    when().get("/curves").then().statusCode(400);
    when().get("/curves?run=curve-1&x=moon").then().statusCode(400);

    JsonPath bands = get("/experiments/curves/curves?metric=val_loss");
    assertThat(bands.getList("variants.variant")).containsExactly("a");
    assertThat(bands.getInt("variants[0].runs")).isEqualTo(3);
    assertThat(bands.getList("variants[0].n")).containsExactly(3, 2);
    assertThat(bands.getList("variants[0].mean")).containsExactly(3, 1.25);
    assertThat(bands.getDouble("variants[0].low[0]")).isEqualTo(2.0);
    assertThat(bands.getDouble("variants[0].max[0]")).isEqualTo(4.0);
    JsonPath steps = get("/experiments/curves/curves?metric=loss&x=step&variant=a&points=3");
    assertThat(steps.getList("variants[0].x")).containsExactly(1, 3, 5);
    assertThat(steps.getList("variants[0].n")).containsExactly(3, 3, 2);
    assertThat(steps.getList("variants[0].mean")).containsExactly(1.75, 1.16667, 0.375);
    JsonPath times = get("/experiments/curves/curves?x=time");
    assertThat(times.getList("variants[0].x")).containsExactly(2, 4);
    assertThat(times.getList("variants[0].n")).containsExactly(3, 2);
    when().get("/experiments/nothing/curves").then().statusCode(404);

    JsonPath history = get("/runs/curve-1/history?points=10&smooth=0.5");
    assertThat(history.getList("metrics.val_loss")).containsExactly(2, 1);
    assertThat(history.getList("step")).containsExactly(3, 6);
    assertThat(history.getMap("smoothed")).containsKeys("loss", "val_acc");
  }

  @Test
  void anEvaluationReportsMetricsPerClassOrResidualsPerValue() {
    publisher.events(Events.ofImages("class-1", "class", "plain", 1).imageLife(0.5, 1.0));
    Events series = Events.ofSeries("residual-1", "residual", "adam", 1);
    publisher.events(
        series.started(), series.epoch(0, 0.4, 0.3), series.evaluatedSeries(), series.completed(1));
    awaitState("class-1", "COMPLETED");
    awaitState("residual-1", "COMPLETED");

    JsonPath images = get("/runs/class-1/evaluation");
    assertThat(images.getList("per_class.class")).containsExactly("bag", "coat");
    // The confusion matrix is 10 2 / 3 9.
    assertThat(images.getDouble("per_class[1].precision")).isEqualTo(9 / 11.0);
    assertThat(images.getDouble("per_class[1].recall")).isEqualTo(0.75);
    assertThat(images.getInt("macro.support")).isEqualTo(24);
    assertThat(images.getDouble("weighted.recall")).isBetween(0.7916, 0.7917);
    JsonPath values = get("/runs/residual-1/evaluation");
    assertThat(values.getList("prediction.residuals")).containsExactly(0.25, 0.25, 0.0);
    assertThat(values.getDouble("prediction.residual_mean")).isBetween(0.166, 0.167);
    assertThat(values.getMap("")).doesNotContainKeys("per_class", "macro");
  }

  @Test
  void answersCanBeDownloadedAsCsvAndJsonLines() {
    publisher.events(Events.ofImages("export-1", "export", "plain", 1).imageLife(0.75, 1.5, 1.25));
    awaitState("export-1", "COMPLETED");

    Response csv = when().get("/runs/export-1/losses?format=csv");
    csv.then()
        .statusCode(200)
        .header("Content-Type", "text/csv;charset=UTF-8")
        .header("Content-Disposition", "attachment; filename=\"export-1-losses.csv\"");
    assertThat(csv.asString())
        .isEqualTo(
            "step,epoch,loss\r\n"
                + "0,0,2.0\r\n"
                + "1,0,1.5\r\n"
                + "2,0,1.25\r\n"
                + "3,1,1.0\r\n"
                + "4,1,0.5\r\n"
                + "5,1,0.25\r\n");
    Response lines = given().header("Accept", "application/x-ndjson").get("/runs/export-1/history");
    lines.then().header("Content-Disposition", "attachment; filename=\"export-1-history.jsonl\"");
    assertThat(lines.asString().lines()).hasSize(2);
    assertThat(JsonPath.from(lines.asString().lines().toList().get(1)).getDouble("val_loss"))
        .isEqualTo(1.25);
    assertThat(csv("/runs?experiment=export"))
        .startsWith("run,experiment,variant,seed,state,tags,")
        .contains("\r\nexport-1,export,plain,1,COMPLETED,,")
        .contains(",test_acc");
    assertThat(csv("/runs/export-1/evaluation")).contains("\r\nbag,", ",12\r\n");
    assertThat(csv("/curves?run=export-1"))
        .isEqualTo(
            "run,variant,seed,epoch,val_loss,smoothed\r\nexport-1,plain,1,0,1.5,\r\n"
                + "export-1,plain,1,1,1.25,\r\n");
    assertThat(csv("/experiments/export")).startsWith("variant,runs,completed,test_");
    assertThat(csv("/experiments/export/curves"))
        .startsWith("variant,epoch,n,mean,low,high,min,max,smoothed\r\nplain,0,1,1.5,,,1.5,1.5,");

    when().get("/runs?format=xml").then().statusCode(400);
    when().get("/runs/nobody/losses?format=csv").then().statusCode(404);
    for (String accept : List.of("*/*", "text/html,*/*;q=0.8", "application/json")) {
      given()
          .header("Accept", accept)
          .get("/runs/export-1/losses")
          .then()
          .statusCode(200)
          .header("Content-Type", "application/json;charset=UTF-8");
    }
  }

  private static String csv(String path) {
    return when()
        .get(path + (path.contains("?") ? "&" : "?") + "format=csv")
        .then()
        .statusCode(200)
        .extract()
        .asString();
  }

  private static JsonPath variant(JsonPath found, String name) {
    int index = found.getList("variants.variant").indexOf(name);
    return new JsonPath(found.prettify()).setRootPath("variants[" + index + "]");
  }

  private static List<String> runs(String query) {
    return given()
        .urlEncodingEnabled(false)
        .get("/runs?" + query)
        .then()
        .statusCode(200)
        .extract()
        .jsonPath()
        .getList("runs.run");
  }

  private static byte[] tagged(String run, String... tags) {
    String names = String.join("\", \"", Arrays.asList(tags));
    return new String(Events.imageRequest(run, "tagged", "plain", 1), StandardCharsets.UTF_8)
        .replaceFirst("\\{", "{\"tags\": [\"" + names + "\"], ")
        .getBytes(StandardCharsets.UTF_8);
  }
}
