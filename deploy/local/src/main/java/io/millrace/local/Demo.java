package io.millrace.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import io.millrace.local.Requests.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Runs two experiments on the built-in data sets, and prints their comparisons. */
final class Demo {
  private static final ObjectMapper JSON = Json.MAPPER;
  private static final int MAX_EXPERIMENTS = 1_000;

  private record Experiment(String file, String question) {}

  private static final List<Experiment> EXPERIMENTS =
      List.of(
          new Experiment(
              "images",
              "Images (Fashion-MNIST, 800 training images): does augmentation help? Does dropout? A larger learning rate?"),
          new Experiment(
              "series",
              "Series (El Niño sea surface temperatures): does dropout help? Does Adam?"));

  private final Addresses addresses;
  private final Results results;
  private final Watch watch;
  private final PrintStream out;

  Demo(Addresses addresses, Watch watch, PrintStream out) {
    this.addresses = addresses;
    this.results = new Results(addresses.results());
    this.watch = watch;
    this.out = out;
  }

  /** Runs both experiments, and returns whether every run completed. */
  boolean run() {
    out.println(
        "Two experiments, each with as many seeds as it needs to decide: about 8 minutes on two"
            + " cores.");
    var names = new ArrayList<String>();
    var requests = new ArrayList<Request>();
    for (Experiment experiment : EXPERIMENTS) {
      String name = freshName("demo-" + experiment.file);
      names.add(name);
      requests.add(request(experiment.file, name));
    }
    Requests.publish(addresses.broker(), requests);
    boolean completed = true;
    for (int i = 0; i < names.size(); i++) {
      out.printf("%n%s%n", EXPERIMENTS.get(i).question);
      var ended = watch.untilDecided(names.get(i));
      ended.stream()
          .filter(run -> !Watch.isCompleted(run))
          .map(Watch::outcome)
          .forEach(out::println);
      completed &= ended.stream().allMatch(Watch::isCompleted);
    }
    for (String name : names) {
      out.println();
      JsonNode experiment =
          results.experiment(name).orElseThrow(() -> Results.unknown("experiment", name));
      out.print(new ComparisonText(experiment));
    }
    out.printf("%nMore: %s/ui/experiments/%s%n", addresses.results(), names.get(0));
    return completed;
  }

  /** Each demo is a new experiment, so that runs of an earlier demo do not count as replicates. */
  private String freshName(String name) {
    for (int i = 1; i <= MAX_EXPERIMENTS; i++) {
      String candidate = i == 1 ? name : name + "-" + i;
      if (results.experiment(candidate).isEmpty()) {
        return candidate;
      }
    }
    throw new UserError(
        "there are already "
            + MAX_EXPERIMENTS
            + " demos; delete them with: deploy/millrace down --purge");
  }

  /** Reads a sweep from the resources, under the name of an experiment. */
  static Request request(String file, String name) {
    ObjectNode request = ((ObjectNode) read(file)).put("run", name).put("experiment", name);
    return Request.of(request);
  }

  private static JsonNode read(String file) {
    try (InputStream in = Demo.class.getResourceAsStream("/demo/" + file + ".json")) {
      return JSON.readTree(in);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
