package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the Python client, as the service serves it, against the service. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class PythonClientTest extends RunningService {
  @TestHTTPResource("/")
  URI root;

  @TempDir Path folder;

  @BeforeEach
  void fetch() throws Exception {
    Python.assumeIt("urllib.request");
    Files.write(
        folder.resolve("millrace.py"),
        when().get("/clients/millrace.py").then().statusCode(200).extract().asByteArray());
  }

  /** Runs a script that begins by connecting {@code client}. */
  private Python.Outcome script(String text, String... arguments) throws Exception {
    return Python.run(folder, written(root, text, arguments));
  }

  private List<String> written(URI service, String text, String... arguments) throws Exception {
    Path script = Files.createTempFile(folder, "script", ".py");
    Files.writeString(
        script,
        """
        import json, pathlib, sys
        from millrace import Millrace, MillraceError, MillraceRefused
        client = Millrace(sys.argv[1], frames=%s)
        """
                .formatted(text.contains("pandas") ? "True" : "False")
            + text);
    var command =
        new ArrayList<>(
            List.of("-W", "error", script.getFileName().toString(), service.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static JsonPath json(Python.Outcome outcome) {
    assertThat(outcome.status()).as(outcome.output()).isZero();
    return new JsonPath(outcome.output());
  }

  private String request(String experiment) throws Exception {
    Files.write(folder.resolve("request.json"), Events.imageRequest(null, experiment, "plain", 1));
    return "request.json";
  }

  private PlayedTrainer trainer(String experiment) {
    return new PlayedTrainer(
        experiment,
        publisher,
        request ->
            Events.of(request)
                .imageLife(
                    (request.variant().equals("dropout") ? 0.75 : 0.5) + 0.01 * request.seed(),
                    1.5,
                    1.25));
  }

  @Test
  void aScriptSubmitsRunsWaitsForThemAndComparesThem() throws Exception {
    try (var trainer = trainer("python")) {
      JsonPath result =
          json(
              script(
                  """
                  request = json.loads(pathlib.Path(sys.argv[2]).read_text())
                  del request["seed"]
                  runs = []
                  for variant in ("plain", "dropout"):
                      runs += client.submit({**request, "variant": variant, "seeds": 3})
                  states = [client.wait(run, timeout=60)["state"] for run in runs]
                  json.dump({
                      "runs": runs,
                      "states": states,
                      "listed": client.runs(experiment="python", state=["COMPLETED", "FAILED"]),
                      "newest": client.runs(most=2, experiment="python"),
                      "history": client.history(runs[0]),
                      "losses": client.losses(runs[0]),
                      "comparison": sorted(client.compare("python"), key=lambda row: row["variant"]),
                      "answer": client.experiment("python")["answer"],
                  }, sys.stdout)
                  """,
                  request("python")));

      assertThat(result.getList("runs")).hasSize(6).doesNotHaveDuplicates();
      assertThat(result.getList("states")).hasSize(6).containsOnly("COMPLETED");
      assertThat(result.getList("listed.run"))
          .containsExactlyInAnyOrderElementsOf(result.getList("runs"));
      assertThat(result.getList("listed.val_loss")).containsOnly(1.25f);
      assertThat(result.getList("listed.test_acc")).contains(0.51f, 0.76f);
      assertThat(result.getList("newest")).hasSize(2);
      assertThat(result.getList("history.epoch")).containsExactly(0, 1);
      assertThat(result.getList("history.val_loss")).containsExactly(1.5f, 1.25f);
      assertThat(result.getList("losses.step")).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(result.getList("losses.loss")).containsExactly(2f, 1.5f, 1.25f, 1f, 0.5f, 0.25f);
      assertThat(result.getList("comparison.variant")).containsExactly("dropout", "plain");
      assertThat(result.getList("comparison.n")).containsExactly(3, 3);
      assertThat(result.getList("comparison.verdict")).containsExactly("better", null);
      assertThat(result.getDouble("comparison[0].difference")).isEqualTo(0.25);
      assertThat(result.getString("answer")).startsWith("dropout helps");
      assertThat(trainer.taken()).hasSize(6);
    }
  }

  @Test
  void tablesAreDataFramesIfPandasIsInstalled() throws Exception {
    Python.assumeIt("pandas");
    publisher.events(
        Events.ofImages("python-frame", "python-frame", "plain", 1).imageLife(0.5, 1.5));
    awaitState("python-frame", "COMPLETED");

    JsonPath result =
        json(
            script(
                """
                import pandas
                history = client.history("python-frame")
                losses = client.losses("python-frame")
                comparison = client.compare("python-frame")
                json.dump({
                    "at": str(history["at"].dtype),
                    "epochs": len(history),
                    "mean": float(losses["loss"].mean()),
                    "metric": comparison.attrs["metric"],
                    "variants": list(comparison["variant"]),
                    "none": len(client.runs(experiment="python-nowhere")),
                }, sys.stdout)
                """));

    assertThat(result.getString("at")).startsWith("datetime64[").endsWith(", UTC]");
    assertThat(result.getInt("epochs")).isEqualTo(1);
    assertThat(result.getDouble("mean")).isCloseTo((2.0 + 1.5 + 1.25) / 3, Offset.offset(1e-6));
    assertThat(result.getString("metric")).isEqualTo("test_acc");
    assertThat(result.getList("variants")).containsExactly("plain");
    assertThat(result.getInt("none")).isZero();
  }

  @Test
  void aWatchResumesWhereItsConnectionBroke() throws Exception {
    Events events = Events.ofImages("python-watch", "python-watch", "plain", 1);
    publisher.events(events.started(), events.steps(0, 2.0, 1.5, 1.25), events.epoch(0, 1.5, 1.25));
    awaitUntil("/runs/python-watch", run -> run.getInt("epochs_done") == 1);

    try (var line = new BreakableLine(root);
        var watch =
            Python.start(
                folder,
                written(
                    line.uri(""),
                    """
                    steps, log = [], []
                    for event in client.watch("python-watch", after="0.0"):
                        if event.type == "steps":
                            steps += event.data["step"]
                        elif event.type == "log":
                            log.append(event.data["type"])
                        print(event.type, file=sys.stderr, flush=True)
                    print("end", file=sys.stderr)
                    print("all", json.dumps([steps, log]))
                    """))) {
      await().atMost(PATIENCE).until(() -> watch.output().contains("run"));
      line.breakOff();
      publisher.events(
          events.steps(1, 1.0, 0.5, 0.25),
          events.epoch(1, 0.5, 1.0),
          events.evaluatedImages(0.5),
          events.completed(2));
      awaitState("python-watch", "COMPLETED");
      assertThat(watch.process().isAlive()).as(watch.output()).isTrue();
      line.mend();

      Python.Outcome outcome = watch.end();
      assertThat(outcome.status()).as(outcome.output()).isZero();
      assertThat(outcome.output())
          .contains(
              "all [[0, 1, 2, 3, 4, 5], [\"started\", \"epoch-completed\","
                  + " \"epoch-completed\", \"evaluated\", \"completed\"]]");
    }
  }

  @Test
  void anEndedRunCanBeFollowedAndWatched() throws Exception {
    publisher.events(Events.ofImages("python-past", "python-past", "plain", 1).imageLife(0.5, 1.5));
    awaitState("python-past", "COMPLETED");

    Python.Outcome outcome =
        script(
            """
            print(client.follow("python-past")["state"])
            print([event.type for event in client.watch("python-past")])
            """);

    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output().lines())
        .hasSize(6)
        .first()
        .asString()
        .startsWith("2026-01-01T12:00:00Z ");
    assertThat(outcome.output()).endsWith("COMPLETED\n['run']\n");
  }

  @Test
  void errorsSayWhatWasWrongAndWhere() throws Exception {
    publisher.events(Events.ofImages("python-busy", "python-busy", "plain", 1).started());
    awaitState("python-busy", "RUNNING");

    JsonPath result =
        json(
            script(
                """
                def refusal(call):
                    try:
                        call()
                    except MillraceRefused as e:
                        return {"status": e.status, "detail": e.detail, "field": e.field}
                    except (MillraceError, TimeoutError, ImportError) as e:
                        return {"type": type(e).__name__, "text": str(e)}

                request = json.loads(pathlib.Path(sys.argv[2]).read_text())
                sys.modules["keras"] = None
                json.dump({
                    "epochs": refusal(lambda: client.submit({**request, "epochs": 0})),
                    "parameter": refusal(lambda: client.runs(state="ASLEEP")),
                    "unknown": refusal(lambda: client.run("python/nowhere?")),
                    "watch": refusal(lambda: list(client.watch("python-nowhere"))),
                    "wait": refusal(lambda: client.wait("python-busy", timeout=0.1)),
                    "keras": refusal(lambda: client.load_keras("python-busy")),
                    "away": refusal(lambda: Millrace("http://127.0.0.1:9").run("x")),
                }, sys.stdout)
                """,
                request("python-errors")));

    assertThat(result.getInt("epochs.status")).isEqualTo(400);
    assertThat(result.getString("epochs.field")).isEqualTo("epochs");
    assertThat(result.getString("epochs.detail")).startsWith("epochs: 0 is out of range");
    assertThat(result.getInt("parameter.status")).isEqualTo(400);
    assertThat(result.getString("parameter.field")).isEqualTo("state");
    assertThat(result.getInt("unknown.status")).isIn(400, 404);
    assertThat(result.getInt("watch.status")).isEqualTo(404);
    assertThat(result.getString("wait.type")).isEqualTo("TimeoutError");
    assertThat(result.getString("keras.type")).isEqualTo("ImportError");
    assertThat(result.getString("keras.text")).contains("pip install keras");
    assertThat(result.getString("away.type")).isEqualTo("MillraceError");
    assertThat(result.getString("away.text")).startsWith("http://127.0.0.1:9 does not answer");
  }

  @Test
  void aScriptCancelsAQueuedRun() throws Exception {
    publisher.request("python-cancel", Events.imageRequest(null, "python-cancel", "plain", 1));
    awaitState("python-cancel", "QUEUED");

    json(script("client.cancel('python-cancel'); print('{}')"));

    awaitState("python-cancel", "CANCELLED");
  }

  @Test
  void kerasLoadsAModelWithItsWeights() throws Exception {
    Python.assumeIt("keras");
    Files.writeString(
        folder.resolve("build.py"),
        """
        import json, struct
        import keras, numpy

        model = keras.Sequential([
            keras.Input((4,)), keras.layers.Dense(3, name="hidden", activation="relu"),
            keras.layers.BatchNormalization(name="norm"), keras.layers.Dense(2, name="out")])
        random = numpy.random.default_rng(1)
        for layer in model.layers:
            layer.set_weights([random.random(w.shape).astype("float32") for w in layer.get_weights()])
        header, data = {"__metadata__": {"keras": model.to_json()}}, b""
        for layer in model.layers:
            for weight, values in zip(layer.weights, layer.get_weights()):
                raw = values.astype("<f4").tobytes()
                header[layer.name + "/" + weight.name] = {
                    "dtype": "F32", "shape": list(values.shape),
                    "data_offsets": [len(data), len(data) + len(raw)]}
                data += raw
        head = json.dumps(header).encode()
        open("weights.safetensors", "wb").write(struct.pack("<Q", len(head)) + head + data)
        numpy.save("answers.npy", model(numpy.ones((1, 4), "float32")))
        """);
    Python.Outcome built = Python.run(folder, List.of("build.py"));
    assertThat(built.status()).as(built.output()).isZero();
    Path store = Files.createDirectories(Infrastructure.models().resolve("python-keras"));
    Files.copy(folder.resolve("weights.safetensors"), store.resolve("weights.safetensors"));
    Events events = Events.ofImages("python-keras", "python-keras", "plain", 1);
    publisher.events(events.started(), events.completed(1));
    awaitState("python-keras", "COMPLETED");

    Path script = folder.resolve("load.py");
    Files.writeString(
        script,
        """
        import sys, numpy
        from millrace import Millrace

        model = Millrace(sys.argv[1], frames=False).load_keras("python-keras")
        numpy.testing.assert_array_equal(
            numpy.asarray(model(numpy.ones((1, 4), "float32"))), numpy.load("answers.npy"))
        """);
    Python.Outcome loaded = Python.run(folder, List.of("load.py", root.toString()));
    assertThat(loaded.status()).as(loaded.output()).isZero();
  }

  @Test
  void theClientFileIsDownloadedAgainOnlyIfItHasChanged() {
    var first =
        when()
            .get("/clients/millrace.py")
            .then()
            .statusCode(200)
            .contentType("text/x-python")
            .extract();
    given()
        .header("If-None-Match", first.header("ETag"))
        .get("/clients/millrace.py")
        .then()
        .statusCode(304);
    when().get("/clients/other.py").then().statusCode(404);
  }
}
