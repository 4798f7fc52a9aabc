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
 * replace a value, and {@code seeds} may replace {@code seed}. Every combination is a run. With
 * {@code "sweep": {"draws": n, "seed": s}} at the top level, n different combinations are drawn,
 * and a value may also be {@code {"sweep": {"min": …, "max": …, "scale": "log"}}}. {@code variants}
 * are merged into the request, each with every combination. If {@code seeds} is an object ({@link
 * AdaptiveSeeds}), the runs of the first seeds are requested at once, and further runs when they
 * are needed. With a {@code search} ({@link Search}) the combinations are trials, and trials with
 * bad results are stopped early.
 *
 * <p>The run with index i is {@code <base>-<i>}. Its variant's name contains the swept values, so
 * runs that differ only in their seed are replicates. The same sweep always makes the same runs.
 */
public final class Sweep {
  /** The most runs of a sweep. */
  public static final int MAX_RUNS = 1_000;

  /** The most bytes of all its requests together. */
  static final long MAX_BYTES = 64 << 20;

  /** The most characters of a combination in an error. */
  private static final int MAX_VARIANT = 300;

  private static final String SWEEP = "sweep";
  private static final String SEEDS = "seeds";
  private static final String SEARCH = "search";
  private static final String EPOCHS = "epochs";
  private static final String EXTEND = "extend";
  private static final String SEED = "seed";

  /** The most characters of a swept value's label in a trial's values. */
  private static final int MAX_LABEL = 100;

  private static final List<String> NEVER_SWEPT =
      List.of("version", "run", "experiment", "variant", SEED, SEEDS, SEARCH);

  /** No {@code seeds}: one run for each combination, with the request's own seed. */
  private static final List<Long> AS_GIVEN = List.of(Long.MIN_VALUE);

  /** The most attempts to draw a new combination. */
  private static final int TRIES = 1_000;

  private final String base;
  private final ObjectNode template;
  private final List<SweptField> axes;
  private final List<String> labels;
  private final List<List<Values.Option>> combinations;
  private final Variants variants;
  private final List<Long> seeds;

  /** Null if all seeds are requested at once. */
  private AdaptiveSeeds adaptive;

  /** Null if every combination is trained to its end. */
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
          "trials and finalists make "
              + search.runs()
              + " runs together; give at most "
              + MAX_RUNS);
    }
  }

  /** Refuses fields that a search replaces or does not use. */
  private static void refuseBeside(ObjectNode request) {
    var reasons =
        Map.of(
            EPOCHS,
            "cannot be combined with a search; give search.max_epochs",
            EXTEND,
            "cannot be combined with a search, which extends its trials itself; leave it out",
            SEEDS,
            "cannot be combined with a search; give search.finalists.seeds",
            SWEEP,
            "cannot be combined with a search; search.trials gives the number of draws",
            Variants.VARIANTS,
            "cannot be combined with a search; sweep the fields that differ");
    for (String field : List.of(EPOCHS, EXTEND, SEEDS, SWEEP, Variants.VARIANTS)) {
      if (request.hasNonNull(field)) {
        throw new InvalidMessageException(field, reasons.get(field));
      }
    }
  }

  /** The combinations of a search. */
  private List<List<Values.Option>> trials() {
    if (axes.isEmpty()) {
      throw new InvalidMessageException(
          SEARCH, "needs a swept field; give {\"sweep\": [...]} in place of a value");
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
   * Whether a message requests many runs.
   *
   * @throws InvalidMessageException if it is not a message
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
   * The {@code run} of a message; null if it is missing or not a string.
   *
   * @throws InvalidMessageException if it is not a message
   */
  public static String runOf(byte[] json) {
    return Messages.readStrictly(json, JsonNode.class).path("run").textValue();
  }

  /**
   * Reads a sweep and checks all its requests.
   *
   * @param fallback the base of the runs' ids if the message has no {@code run}
   * @throws InvalidMessageException naming the field
   */
  public static Sweep read(byte[] json, String fallback) {
    Sweep sweep = readAgain(json, fallback);
    if (json.length * (long) sweep.size() > MAX_BYTES) {
      throw new InvalidMessageException(
          "",
          "the "
              + sweep.size()
              + " requests have about "
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

  /** Reads a sweep whose requests were checked before. Its seeds may lack their defaults. */
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

  /** The most runs of the sweep. */
  public int size() {
    return variants.count() * combinations.size() * seeds.size();
  }

  /** The most runs of a variant. */
  public int seedsPerVariant() {
    return seeds.size();
  }

  /** The rule that adds seeds; empty if all seeds run. */
  public Optional<AdaptiveSeeds> adaptive() {
    return Optional.ofNullable(adaptive);
  }

  /** The search; empty if every combination is trained to its end. */
  public Optional<Search> search() {
    return Optional.ofNullable(search);
  }

  /** The indices of the runs that are requested at once, in order. */
  public List<Integer> indices() {
    if (search != null) {
      return IntStream.range(0, Math.min(size(), search.concurrency())).boxed().toList();
    }
    int first = adaptive == null ? seeds.size() : adaptive.from();
    return IntStream.range(0, size()).filter(i -> i % seeds.size() < first).boxed().toList();
  }

  /** The ids of the runs that are requested at once, in order. */
  public List<String> runs() {
    return indices().stream().map(this::run).toList();
  }

  /** The id of the run with this index, 0..size - 1. */
  public String run(int index) {
    return base + "-" + index;
  }

  /** The names of its variants, by index. */
  public List<String> variants() {
    return IntStream.range(0, size() / seeds.size())
        .mapToObj(variant -> variantOf(variant * seeds.size()))
        .toList();
  }

  /** The name of the variant with this index. */
  public String variantOf(int index) {
    return request(index).variant();
  }

  /** The request of a trial on a rung: that of the first rung starts it, the others extend it. */
  public TrainingRequest trial(int trial, int rung) {
    return read(filled(trial, rung));
  }

  /** The run id of a finalist with its n-th new seed, from 1, given the run id of its trial. */
  public static String finalist(String trial, int n) {
    return trial + "-s" + n;
  }

  /** The request of a finalist with its n-th new seed, from 1, trained from start to end. */
  public TrainingRequest finalistRequest(int trial, int n) {
    Filled filled = filled(trial, 0);
    ObjectNode request = filled.request;
    request.put("run", finalist(run(trial), n));
    request.put(SEED, request.path(SEED).asLong(0) + n);
    request.put(EPOCHS, search.maxEpochs());
    return read(filled);
  }

  /**
   * The values of a trial's swept fields by path: simple values as they are, others by their label.
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
   * The request with this index. The variant changes slowest, then the first swept field; the seed
   * changes fastest. For a trial, it is the request of the first rung.
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
   * @param variant the index of its variant
   * @param parts the parts of the variant's name
   */
  private record Filled(ObjectNode request, int variant, List<String> parts) {}

  private TrainingRequest read(Filled filled) {
    try {
      return Messages.readStrictly(filled.request, TrainingRequest.class);
    } catch (InvalidMessageException e) {
      InvalidMessageException ofVariant = variants.locate(e, filled.variant);
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
   * Reads and writes the first request of each combination. The requests of its other seeds differ
   * only in the digits of the seed and of the run id.
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
                + " bytes with their defaults; give fewer runs or smaller requests");
      }
    }
  }

  /** Checks the rules of a search that depend on its requests, after the requests are checked. */
  private void checkSearch() {
    requireExperiment("for a search");
    Check.name("run", finalist(run(size() - 1), search.finalists().seeds()));
    Set<String> metrics = null;
    for (int trial = 0; trial < size(); trial++) {
      TrainingRequest request = request(trial);
      if (search.validates() && request.dataset().validationFraction() == 0) {
        throw new InvalidMessageException(
            "dataset.validation_fraction",
            "is required to rank trials by "
                + search.metric()
                + ": without it, trials are validated on the test part that compares finalists;"
                + " give a fraction such as 0.1");
      }
      if (request.seed() > Long.MAX_VALUE - AdaptiveSeeds.MAX_SEEDS) {
        throw new InvalidMessageException(
            SEED,
            request.seed()
                + " is too large: the finalists use the seeds after it; give a smaller seed");
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

  /** The {@link AdaptiveSeeds} with all defaults, after the requests are checked. */
  private AdaptiveSeeds resolved() {
    requireExperiment("for adaptive seeds");
    List<String> names = variants();
    if (names.size() < 2 || Set.copyOf(names).size() < names.size()) {
      throw new InvalidMessageException(
          SEEDS,
          "need at least 2 variants with different names to compare; give \"variants\":"
              + " [{\"variant\": \"plain\"}, …], or sweep a field");
    }
    Set<String> metrics = null;
    String first = null;
    for (int index = 0; index < size(); index += seeds.size()) {
      TrainingRequest request = request(index);
      if (request.isExtension()) {
        throw new InvalidMessageException(
            EXTEND, "cannot be combined with adaptive seeds; leave it out");
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
      throw new InvalidMessageException(SEEDS, "replaces seed; give one of the two");
    }
  }

  /** A list of seeds, each given once. */
  private record Seeds(List<Long> values) {
    Seeds {
      Check.size(SEEDS, values, 1, MAX_RUNS);
      if (Set.copyOf(values).size() < values.size()) {
        throw new InvalidMessageException(SEEDS, "has a seed twice; give each seed once");
      }
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
                ? "is a range, which needs draws; give \"sweep\": {\"draws\": 20} at the top level"
                : "is a range, but a grid needs lists; give a list, or the strategy random");
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
   * Draws different combinations. A larger number of draws with the same seed starts with the same
   * combinations.
   *
   * @param where the field that requests draws
   * @param count the field with the number of draws
   */
  private List<List<Values.Option>> drawn(int draws, long seed, String where, String count) {
    if (axes.isEmpty()) {
      throw new InvalidMessageException(
          where, "needs a swept field; give {\"sweep\": [...]} in place of a value");
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
            "is too large: only about "
                + drawn.size()
                + " different combinations exist; give fewer "
                + (search == null ? "draws" : "trials")
                + " or more values");
      }
    }
    return List.copyOf(drawn);
  }
}
