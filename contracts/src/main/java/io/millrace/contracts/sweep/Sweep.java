package io.millrace.contracts.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A request for many runs. It is a {@link TrainingRequest} in which {@code {"sweep": [...]}} may
 * stand in place of a value, and {@code seeds} in place of {@code seed}: every combination is a
 * run. With {@code "sweep": {"draws": n, "seed": s}} at its top n different combinations are drawn,
 * and a value may also be {@code {"sweep": {"min": …, "max": …, "scale": "log"}}}.
 *
 * <p>The run of index i is {@code <base>-<i>}; its variant has the swept values in its name, so
 * that runs that differ only in their seed are replicates. The same sweep makes the same runs,
 * everywhere and always.
 */
public final class Sweep {
  /** The most runs of a sweep. */
  public static final int MAX_RUNS = 1_000;

  /** The most bytes of all its requests. */
  static final long MAX_BYTES = 64 << 20;

  /** The most characters that an error tells of a combination. */
  private static final int MAX_VARIANT = 300;

  private static final String SWEEP = "sweep";
  private static final String SEEDS = "seeds";
  private static final List<String> NEVER_SWEPT =
      List.of("version", "run", "experiment", "variant", "seed", SEEDS);

  /** One run for each combination, with the request's own seed. */
  private static final List<Long> AS_GIVEN = List.of(Long.MIN_VALUE);

  /** Tries for a draw that is not among those before. */
  private static final int TRIES = 1_000;

  private final String base;
  private final ObjectNode template;
  private final List<Axis> axes;
  private final List<String> labels;
  private final List<List<Values.Option>> combinations;
  private final List<Long> seeds;

  private Sweep(String base, ObjectNode request) {
    this.base = base;
    Draws draws = part(request, SWEEP, Draws.class);
    seeds = seeds(request);
    template = request.deepCopy();
    template.remove(List.of(SWEEP, SEEDS));
    axes = Axis.of(template);
    for (Axis axis : axes) {
      if (NEVER_SWEPT.contains(axis.path())) {
        throw new InvalidMessageException(
            axis.path(), "cannot be swept" + (axis.path().equals("seed") ? "; give seeds" : ""));
      }
    }
    labels = Labels.of(axes);
    combinations = draws == null ? grid() : drawn(draws);
    limit((long) combinations.size() * seeds.size());
  }

  /**
   * Whether a message is for many runs. What is not JSON is not.
   *
   * @throws InvalidMessageException where it is no message at all
   */
  public static boolean isSweep(byte[] json) {
    JsonNode request = Messages.readStrictly(json, JsonNode.class);
    return request.isObject()
        && (request.has(SWEEP) || request.has(SEEDS) || Axis.contains(request));
  }

  /**
   * The {@code run} of a message; null where it names none that is a name.
   *
   * @throws InvalidMessageException where it is no message at all
   */
  public static String runOf(byte[] json) {
    return Messages.readStrictly(json, JsonNode.class).path("run").textValue();
  }

  /**
   * Reads a sweep, and checks every one of its requests.
   *
   * @param fallback the base of the runs' ids where the message has no {@code run}
   * @throws InvalidMessageException naming the field
   */
  public static Sweep read(byte[] json, String fallback) {
    JsonNode request = Messages.readStrictly(json, JsonNode.class);
    if (!(request instanceof ObjectNode fields)) {
      throw new InvalidMessageException("", "is not a JSON object");
    }
    JsonNode run = request.path("run");
    if (!run.isMissingNode() && !run.isNull() && !run.isTextual()) {
      throw new InvalidMessageException("run", Check.cut(run.toString()) + " is not a name");
    }
    String base = Check.name("run", Check.orElse(run.textValue(), fallback));
    var sweep = new Sweep(base, fields);
    if (json.length * (long) sweep.size() > MAX_BYTES) {
      throw new InvalidMessageException(
          "",
          "the "
              + sweep.size()
              + " requests have some "
              + json.length * (long) sweep.size()
              + " bytes; give at most "
              + MAX_BYTES);
    }
    Check.name("run", sweep.run(sweep.size() - 1));
    sweep.checkRequests();
    return sweep;
  }

  /** The base of the runs' ids. */
  public String base() {
    return base;
  }

  /** How many runs. */
  public int size() {
    return combinations.size() * seeds.size();
  }

  /** The runs' ids, in their order. */
  public List<String> runs() {
    return IntStream.range(0, size()).mapToObj(this::run).toList();
  }

  private String run(int index) {
    return base + "-" + index;
  }

  /** The request of an index: the first field that is swept changes slowest, the seed fastest. */
  public TrainingRequest request(int index) {
    List<Values.Option> options = combinations.get(index / seeds.size());
    ObjectNode request = template.deepCopy();
    var parts = new ArrayList<String>();
    if (request.hasNonNull("variant")) {
      parts.add(request.get("variant").asText());
    }
    for (int i = 0; i < axes.size(); i++) {
      axes.get(i).set(request, options.get(i).value());
      parts.add(labels.get(i) + "-" + options.get(i).label());
    }
    if (!axes.isEmpty()) {
      request.put("variant", Labels.name(parts));
    }
    request.put("run", run(index));
    if (seeds != AS_GIVEN) {
      request.put("seed", seeds.get(index % seeds.size()));
    }
    try {
      return Messages.readStrictly(request, TrainingRequest.class);
    } catch (InvalidMessageException e) {
      throw axes.isEmpty()
          ? e
          : new InvalidMessageException(e.field(), e.reason() + " (in " + variant(parts) + ")");
    }
  }

  private static String variant(List<String> parts) {
    return Check.cut(String.join(", ", parts), MAX_VARIANT);
  }

  /**
   * Reads and writes the first request of each combination: those of the other seeds are alike, but
   * for the digits of the seed and of the run.
   */
  private void checkRequests() {
    long total = 0;
    for (int first = 0; first < size(); first += seeds.size()) {
      long written = Messages.writeRequest(request(first)).length;
      for (int i = 0; i < seeds.size(); i++) {
        total +=
            written
                + digits(first + i)
                - digits(first)
                + digits(seeds.get(i))
                - digits(seeds.get(0));
      }
      if (total > MAX_BYTES) {
        throw new InvalidMessageException(
            "",
            "the "
                + size()
                + " requests have more than "
                + MAX_BYTES
                + " bytes, their defaults filled in; give fewer runs, or smaller requests");
      }
    }
  }

  private static int digits(long number) {
    return Long.toString(number).length();
  }

  private static List<Long> seeds(ObjectNode request) {
    JsonNode given = request.path(SEEDS);
    if (given.isMissingNode() || given.isNull()) {
      return AS_GIVEN;
    }
    if (request.hasNonNull("seed")) {
      throw new InvalidMessageException(SEEDS, "stands in place of seed; give one of the two");
    }
    if (given.isArray()) {
      Seeds seeds = new Seeds(Arrays.asList(within(SEEDS, given, Long[].class)));
      return seeds.values();
    }
    int count = Check.range(SEEDS, within(SEEDS, given, Integer.class), 1, MAX_RUNS);
    return LongStream.range(0, count).boxed().toList();
  }

  /** Seeds by name, each once. */
  private record Seeds(List<Long> values) {
    Seeds {
      Check.size(SEEDS, values, 1, MAX_RUNS);
      if (Set.copyOf(values).size() < values.size()) {
        throw new InvalidMessageException(SEEDS, "has a seed twice; such runs would be alike");
      }
    }
  }

  /**
   * How many combinations to draw.
   *
   * @param draws 1..1,000
   * @param seed of the draws; default 0
   */
  private record Draws(Integer draws, Long seed) {
    Draws {
      Check.range("draws", draws, 1, MAX_RUNS);
      seed = Check.orElse(seed, 0L);
    }
  }

  private static <T> T part(ObjectNode request, String field, Class<T> type) {
    JsonNode node = request.path(field);
    return node.isMissingNode() || node.isNull() ? null : within(field, node, type);
  }

  private static <T> T within(String field, JsonNode node, Class<T> type) {
    try {
      return Messages.readStrictly(node, type);
    } catch (InvalidMessageException e) {
      throw e.within(field);
    }
  }

  private List<List<Values.Option>> grid() {
    List<List<Values.Option>> grid = List.of(List.of());
    long size = seeds.size();
    for (Axis axis : axes) {
      if (!(axis.values() instanceof Values.Choices choices)) {
        throw new InvalidMessageException(
            axis.path(),
            "is a range, from which values are drawn; give \"sweep\": {\"draws\": 20} at the top");
      }
      size *= choices.options().size();
      limit(size);
      var longer = new ArrayList<List<Values.Option>>();
      for (List<Values.Option> before : grid) {
        for (Values.Option option : choices.options()) {
          var values = new ArrayList<>(before);
          values.add(option);
          longer.add(values);
        }
      }
      grid = longer;
    }
    return grid;
  }

  private static void limit(long size) {
    if (size > MAX_RUNS) {
      throw new InvalidMessageException(
          "", "the sweep makes more than " + MAX_RUNS + " runs; give fewer values, seeds or draws");
    }
  }

  /** Different ones; more draws of the same seed begin with the same. */
  private List<List<Values.Option>> drawn(Draws draws) {
    if (axes.isEmpty()) {
      throw new InvalidMessageException(
          SWEEP, "there is nothing to draw; give {\"sweep\": [...]} in place of a value");
    }
    var random = new Random(draws.seed());
    var drawn = new ArrayList<List<Values.Option>>();
    var seen = new HashSet<List<Object>>();
    int tries = TRIES;
    while (drawn.size() < draws.draws()) {
      List<Values.Option> options = axes.stream().map(axis -> axis.values().draw(random)).toList();
      boolean isNew = seen.add(options.stream().map(Values.Option::key).toList());
      if (isNew) {
        drawn.add(options);
      }
      tries = isNew ? TRIES : tries - 1;
      if (tries == 0) {
        throw new InvalidMessageException(
            SWEEP + ".draws",
            "there are hardly more than "
                + drawn.size()
                + " different combinations; give fewer draws, or more values");
      }
    }
    return List.copyOf(drawn);
  }
}
