package io.millrace.contracts.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.TrainingRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A request for many runs. It is a {@link TrainingRequest} in which {@code {"sweep": [...]}} may
 * stand in place of a value, and {@code seeds} in place of {@code seed}: every combination is a
 * run. With {@code "sweep": {"draws": n, "seed": s}} at its top n different combinations are drawn,
 * and a value may also be {@code {"sweep": {"min": …, "max": …, "scale": "log"}}}. {@code variants}
 * are merged into the request, each with every combination. Where {@code seeds} is an object
 * ({@link AdaptiveSeeds}), the runs of the first seeds are asked for at once, and those of the
 * others as they are needed. With a {@code search} ({@link Search}) the combinations are trials, of
 * which those that look bad are stopped early.
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
  private static final String SEARCH = "search";
  private static final String EPOCHS = "epochs";
  private static final String EXTEND = "extend";
  private static final String SEED = "seed";

  /** A label of a swept value that is told of a trial has at most so many characters. */
  private static final int MAX_LABEL = 100;

  private static final List<String> NEVER_SWEPT =
      List.of("version", "run", "experiment", "variant", SEED, SEEDS, SEARCH);

  /** One run for each combination, with the request's own seed. */
  private static final List<Long> AS_GIVEN = List.of(Long.MIN_VALUE);

  /** Tries for a draw that is not among those before. */
  private static final int TRIES = 1_000;

  private final String base;
  private final ObjectNode template;
  private final List<SweptField> axes;
  private final List<String> labels;
  private final List<List<Values.Option>> combinations;
  private final Variants variants;
  private final List<Long> seeds;

  /** Null where all seeds are asked for at once. */
  private AdaptiveSeeds adaptive;

  /** Null where every combination is trained to its end. */
  private Search search;

  private Sweep(String base, ObjectNode request) {
    this.base = base;
    search = part(request, SEARCH, Search.class);
    if (search != null) {
      refuseBeside(request);
    }
    Draws draws = part(request, SWEEP, Draws.class);
    variants = Variants.of(request);
    adaptive =
        request.path(SEEDS).isObject() && !SweptField.isSwept(request.get(SEEDS))
            ? within(SEEDS, request.get(SEEDS), AdaptiveSeeds.class)
            : null;
    seeds = adaptive == null ? seeds(request) : upTo(request, adaptive.to());
    template = request.deepCopy();
    template.remove(List.of(SWEEP, SEEDS, SEARCH, Variants.VARIANTS));
    axes = SweptField.of(template);
    for (SweptField axis : axes) {
      if (NEVER_SWEPT.contains(axis.path())) {
        throw new InvalidMessageException(
            axis.path(), "cannot be swept" + (axis.path().equals(SEED) ? "; give seeds" : ""));
      }
    }
    variants.check(axes);
    labels = VariantNameParts.of(axes);
    if (search != null) {
      combinations = trials();
    } else {
      combinations =
          draws == null ? grid() : drawn(draws.draws(), draws.seed(), SWEEP, SWEEP + ".draws");
    }
    limit((long) variants.count() * combinations.size() * seeds.size());
    if (search != null && search.runs() > MAX_RUNS) {
      throw new InvalidMessageException(
          SEARCH + ".finalists",
          "the trials and the finalists' seeds make "
              + search.runs()
              + " runs; give fewer, at most "
              + MAX_RUNS);
    }
  }

  /** Refuses what a search says in other words, or has no use for. */
  private static void refuseBeside(ObjectNode request) {
    var reasons =
        Map.of(
            EPOCHS,
            "does not go with a search, whose max_epochs says it; leave epochs out",
            EXTEND,
            "does not go with a search, which extends its trials by itself; leave it out",
            SEEDS,
            "does not go with a search; finalists.seeds says how many the best get",
            SWEEP,
            "does not go with a search, whose trials says how many are drawn; leave it out",
            Variants.VARIANTS,
            "does not go with a search; sweep the fields that differ");
    for (String field : List.of(EPOCHS, EXTEND, SEEDS, SWEEP, Variants.VARIANTS)) {
      if (request.hasNonNull(field)) {
        throw new InvalidMessageException(field, reasons.get(field));
      }
    }
  }

  /** The combinations that a search tries. */
  private List<List<Values.Option>> trials() {
    if (axes.isEmpty()) {
      throw new InvalidMessageException(
          SEARCH, "there is nothing to search; give {\"sweep\": [...]} in place of a value");
    }
    if (search.strategy() == Search.Strategy.GRID) {
      List<List<Values.Option>> grid = grid();
      inSearch(() -> search = search.ofGrid(grid.size()));
      return grid;
    }
    return drawn(search.trials(), search.seed(), SEARCH, SEARCH + ".trials");
  }

  private static void inSearch(Runnable check) {
    try {
      check.run();
    } catch (InvalidMessageException e) {
      throw e.within(SEARCH);
    }
  }

  /**
   * Whether a message is for many runs. What is not JSON is not.
   *
   * @throws InvalidMessageException where it is no message at all
   */
  public static boolean isSweep(byte[] json) {
    JsonNode request = Messages.readStrictly(json, JsonNode.class);
    return request.isObject()
        && (request.has(SWEEP)
            || request.has(SEEDS)
            || request.has(SEARCH)
            || request.has(Variants.VARIANTS)
            || SweptField.contains(request));
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
    Sweep sweep = readAgain(json, fallback);
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
    if (sweep.search != null) {
      sweep.checkSearch();
    }
    if (sweep.adaptive != null) {
      sweep.adaptive = sweep.resolved();
    }
    return sweep;
  }

  /** Reads a sweep whose requests were checked before; its seeds may lack their defaults. */
  public static Sweep readAgain(byte[] json, String fallback) {
    JsonNode request = Messages.readStrictly(json, JsonNode.class);
    if (!(request instanceof ObjectNode fields)) {
      throw new InvalidMessageException("", "is not a JSON object");
    }
    JsonNode run = request.path("run");
    if (!run.isMissingNode() && !run.isNull() && !run.isTextual()) {
      throw new InvalidMessageException("run", Check.cut(run.toString()) + " is not a name");
    }
    String base = Check.name("run", Check.orElse(run.textValue(), fallback));
    return new Sweep(base, fields);
  }

  /** The base of the runs' ids. */
  public String base() {
    return base;
  }

  /** How many runs it may come to. */
  public int size() {
    return variants.count() * combinations.size() * seeds.size();
  }

  /** How many runs a variant may come to. */
  public int seedsPerVariant() {
    return seeds.size();
  }

  /** How it decides which seeds run; empty where all run. */
  public Optional<AdaptiveSeeds> adaptive() {
    return Optional.ofNullable(adaptive);
  }

  /** How its trials are chosen; empty where every combination is trained to its end. */
  public Optional<Search> search() {
    return Optional.ofNullable(search);
  }

  /** The indices of the runs that are asked for at once, in their order. */
  public List<Integer> indices() {
    if (search != null) {
      return IntStream.range(0, Math.min(size(), search.concurrency())).boxed().toList();
    }
    int first = adaptive == null ? seeds.size() : adaptive.from();
    return IntStream.range(0, size()).filter(i -> i % seeds.size() < first).boxed().toList();
  }

  /** The ids of the runs that are asked for at once, in their order. */
  public List<String> runs() {
    return indices().stream().map(this::run).toList();
  }

  /** The id of the run of an index, 0..size - 1. */
  public String run(int index) {
    return base + "-" + index;
  }

  /** The names of its variants, in the order of their indices. */
  public List<String> variants() {
    return IntStream.range(0, size() / seeds.size())
        .mapToObj(variant -> variantOf(variant * seeds.size()))
        .toList();
  }

  /** The name of the variant of an index. */
  public String variantOf(int index) {
    return request(index).variant();
  }

  /** The request of a trial on a rung of its bracket: the first begins it, the others extend it. */
  public TrainingRequest trial(int trial, int rung) {
    return read(filled(trial, rung));
  }

  /** The id of the run of a finalist with its n-th further seed, from 1, by that of its trial. */
  public static String finalist(String trial, int n) {
    return trial + "-s" + n;
  }

  /** The request of a finalist with its n-th further seed, from 1, from the start to the end. */
  public TrainingRequest finalistRequest(int trial, int n) {
    Filled filled = filled(trial, 0);
    ObjectNode request = filled.request;
    request.put("run", finalist(run(trial), n));
    request.put(SEED, request.path(SEED).asLong(0) + n);
    request.put(EPOCHS, search.maxEpochs());
    return read(filled);
  }

  /**
   * What the swept fields of a trial are, by their paths: simple values, or what names call them.
   */
  public Map<String, Object> values(int trial) {
    var values = new LinkedHashMap<String, Object>();
    List<Values.Option> options = combinations.get(trial);
    for (int i = 0; i < axes.size(); i++) {
      JsonNode value = options.get(i).value();
      values.put(
          axes.get(i).path(),
          value.isNumber()
              ? value.numberValue()
              : value.isBoolean()
                  ? (Object) value.booleanValue()
                  : Check.cut(options.get(i).label(), MAX_LABEL));
    }
    return values;
  }

  /**
   * The request of an index: the variant changes slowest, then the first field that is swept, the
   * seed fastest. Of a trial, as it begins.
   */
  public TrainingRequest request(int index) {
    return read(filled(index, 0));
  }

  private Filled filled(int index, int rung) {
    int variant = index / seeds.size() / combinations.size();
    List<Values.Option> options = combinations.get(index / seeds.size() % combinations.size());
    ObjectNode request = template.deepCopy();
    for (int i = 0; i < axes.size(); i++) {
      axes.get(i).set(request, options.get(i).value());
    }
    variants.merge(variant, request);
    var parts = new ArrayList<String>();
    if (request.hasNonNull("variant")) {
      parts.add(request.get("variant").asText());
    }
    for (int i = 0; i < axes.size(); i++) {
      parts.add(labels.get(i) + "-" + options.get(i).label());
    }
    if (!axes.isEmpty()) {
      request.put("variant", VariantNameParts.name(parts));
    }
    request.put("run", run(index));
    if (seeds != AS_GIVEN) {
      request.put(SEED, seeds.get(index % seeds.size()));
    }
    if (search != null) {
      request.put(EPOCHS, search.bracketOf(index).epochs().get(rung));
      if (rung > 0) {
        request.put(EXTEND, true);
      }
    }
    return new Filled(request, variant, parts);
  }

  /**
   * A request with the values of a combination.
   *
   * @param variant its index
   * @param parts of the variant's name
   */
  private record Filled(ObjectNode request, int variant, List<String> parts) {}

  private TrainingRequest read(Filled filled) {
    try {
      return Messages.readStrictly(filled.request, TrainingRequest.class);
    } catch (InvalidMessageException e) {
      InvalidMessageException ofVariant = variants.told(e, filled.variant);
      if (ofVariant != null) {
        throw ofVariant;
      }
      throw filled.parts.isEmpty() || axes.isEmpty() && variants.patches().isEmpty()
          ? e
          : new InvalidMessageException(
              e.field(), e.reason() + " (in " + variant(filled.parts) + ")");
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

  /** Checks what depends on its trials, once their requests are known to be right. */
  private void checkSearch() {
    requireExperiment("in a search");
    Check.name("run", finalist(run(size() - 1), search.finalists().seeds()));
    Set<String> metrics = null;
    for (int trial = 0; trial < size(); trial++) {
      TrainingRequest request = request(trial);
      if (search.validates() && request.dataset().validationFraction() == 0) {
        throw new InvalidMessageException(
            "dataset.validation_fraction",
            "is required where a search ranks by "
                + search.metric()
                + ": without it trials are validated on the test part, by which the finalists are"
                + " compared; give 0.1, say");
      }
      if (request.seed() > Long.MAX_VALUE - AdaptiveSeeds.MAX_SEEDS) {
        throw new InvalidMessageException(
            SEED, request.seed() + " leaves no room for the finalists' seeds; give a lesser one");
      }
      var own = new LinkedHashSet<String>();
      own.add("loss");
      own.add("val_loss");
      for (Metric metric : request.metrics()) {
        own.add(metric.json());
        own.add("val_" + metric.json());
      }
      if (metrics == null) {
        metrics = own;
      } else {
        metrics.retainAll(own);
      }
    }
    Set<String> known = metrics;
    inSearch(() -> search.checkMetric(known));
  }

  private void requireExperiment(String where) {
    if (!template.hasNonNull("experiment")) {
      throw new InvalidMessageException("experiment", "is required " + where + "; give a name");
    }
  }

  /** Its {@link AdaptiveSeeds} with all defaults, once its requests are known to be right. */
  private AdaptiveSeeds resolved() {
    requireExperiment("where seeds run until it is decided");
    List<String> names = variants();
    if (names.size() < 2 || Set.copyOf(names).size() < names.size()) {
      throw new InvalidMessageException(
          SEEDS,
          "run until it is decided which of at least 2 variants of different names is better; give"
              + " \"variants\": [{\"variant\": \"plain\"}, …], or sweep a field");
    }
    Set<String> metrics = null;
    String first = null;
    for (int index = 0; index < size(); index += seeds.size()) {
      TrainingRequest request = request(index);
      if (request.isExtension()) {
        throw new InvalidMessageException(
            EXTEND, "cannot be combined with seeds that run until it is decided; leave it out");
      }
      var own = new LinkedHashSet<String>();
      request.metrics().forEach(metric -> own.add("test_" + metric.json()));
      own.add("test_loss");
      if (metrics == null) {
        metrics = own;
        first = own.iterator().next();
      } else {
        metrics.retainAll(own);
      }
    }
    String usual = metrics.contains(first) ? first : "test_loss";
    try {
      return adaptive.with(names, metrics, usual);
    } catch (InvalidMessageException e) {
      throw e.within(SEEDS);
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
    refuseSeed(request);
    if (given.isArray()) {
      Seeds seeds = new Seeds(Arrays.asList(within(SEEDS, given, Long[].class)));
      return seeds.values();
    }
    return upTo(request, Check.range(SEEDS, within(SEEDS, given, Integer.class), 1, MAX_RUNS));
  }

  private static List<Long> upTo(ObjectNode request, int count) {
    refuseSeed(request);
    return LongStream.range(0, count).boxed().toList();
  }

  private static void refuseSeed(ObjectNode request) {
    if (request.hasNonNull(SEED)) {
      throw new InvalidMessageException(SEEDS, "stands in place of seed; give one of the two");
    }
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
    long size = (long) variants.count() * seeds.size();
    for (SweptField axis : axes) {
      if (!(axis.values() instanceof Values.Choices choices)) {
        throw new InvalidMessageException(
            axis.path(),
            search == null
                ? "is a range, from which values are drawn; give \"sweep\": {\"draws\": 20} at the"
                    + " top"
                : "is a range, and a grid tries every value; give a list, or the strategy random");
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

  private void limit(long size) {
    if (search != null && size > Search.MAX_TRIALS) {
      throw new InvalidMessageException(
          SEARCH,
          "the grid has more than " + Search.MAX_TRIALS + " combinations; give fewer values");
    }
    if (size > MAX_RUNS) {
      throw new InvalidMessageException(
          "",
          "the sweep makes more than "
              + MAX_RUNS
              + " runs; give fewer values, variants, seeds or draws");
    }
  }

  /**
   * Different ones; more draws of the same seed begin with the same.
   *
   * @param where the field that asks for draws
   * @param count the field that says how many
   */
  private List<List<Values.Option>> drawn(int draws, long seed, String where, String count) {
    if (axes.isEmpty()) {
      throw new InvalidMessageException(
          where, "there is nothing to draw; give {\"sweep\": [...]} in place of a value");
    }
    var random = new Random(seed);
    var drawn = new ArrayList<List<Values.Option>>();
    var seen = new HashSet<List<Object>>();
    int tries = TRIES;
    while (drawn.size() < draws) {
      List<Values.Option> options = axes.stream().map(axis -> axis.values().draw(random)).toList();
      boolean isNew = seen.add(options.stream().map(Values.Option::key).toList());
      if (isNew) {
        drawn.add(options);
      }
      tries = isNew ? TRIES : tries - 1;
      if (tries == 0) {
        throw new InvalidMessageException(
            count,
            "there are hardly more than "
                + drawn.size()
                + " different combinations; give fewer "
                + (search == null ? "draws" : "trials")
                + ", or more values");
      }
    }
    return List.copyOf(drawn);
  }
}
