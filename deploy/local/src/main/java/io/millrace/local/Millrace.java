package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code deploy/millrace}. */
@Command(
    name = "millrace",
    description = "Millrace on one machine: train networks and compare them honestly.",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    version = "0.1.0",
    subcommands = {
      CommandLine.HelpCommand.class,
      Millrace.Up.class,
      Millrace.Down.class,
      Millrace.Status.class,
      Logs.class,
      Millrace.Submit.class,
      Millrace.WatchRun.class,
      ListRuns.class,
      Millrace.Compare.class,
      More.class,
      Cancel.class,
      Note.class,
      Tag.class,
      HousekeepingCommands.Archive.class,
      HousekeepingCommands.Restore.class,
      HousekeepingCommands.Delete.class,
      ListDatasets.class,
      Millrace.DemoRun.class,
      Millrace.Record.class,
      Completion.class
    })
final class Millrace {
  private static final ObjectMapper JSON = Json.MAPPER;

  /** The exit code for invalid requests; picocli uses the same one for wrong options. */
  private static final int INVALID = 2;

  private static final int MIN_HELP_WIDTH = 60;
  private static final int MAX_HELP_WIDTH = 100;

  /**
   * Kafka clients log their settings at INFO. The constant keeps a reference: a logger that is
   * garbage-collected loses its level.
   */
  private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

  private Millrace() {}

  public static void main(String[] args) {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(out);
    CLIENTS.setLevel(Level.WARNING);
    CommandLine commands = commands();
    commands.setExecutionExceptionHandler(
        (e, line, result) -> {
          if (!(e instanceof UserError)) {
            throw e;
          }
          System.err.println("millrace: " + e.getMessage());
          return 1;
        });
    System.exit(args.length == 0 ? usage(commands) : commands.execute(args));
  }

  /** Builds the command line. Its help adapts to the width of the terminal. */
  static CommandLine commands() {
    var commands = new CommandLine(new Millrace());
    if (columns() > 0) {
      commands.setUsageHelpWidth(Math.max(MIN_HELP_WIDTH, Math.min(columns(), MAX_HELP_WIDTH)));
    }
    return commands;
  }

  /** The width of the terminal in columns; 0 if the output goes to a file or a pipe. */
  private static int columns() {
    return Integer.getInteger("millrace.columns", 0);
  }

  private static int usage(CommandLine commands) {
    commands.usage(System.out);
    return 2;
  }

  /** Options of the stack. An option that is not given keeps its previous value. */
  static final class StackOptions {
    @Option(
        names = "--kafka-port",
        paramLabel = "PORT",
        description = "port of the broker; initially 9092")
    Integer kafka;

    @Option(
        names = "--postgresql-port",
        paramLabel = "PORT",
        description = "port of the database; initially 15432")
    Integer postgresql;

    @Option(
        names = "--results-port",
        paramLabel = "PORT",
        description = "port of the results service; initially 8080")
    Integer results;

    @Option(
        names = "--augmentation-port",
        paramLabel = "PORT",
        description = "port of the first augmentation service; initially 8100")
    Integer augmentation;

    @Option(
        names = "--trainer-port",
        paramLabel = "PORT",
        description = "port of the first trainer; initially 8200")
    Integer trainer;

    @Option(
        names = "--augmenters",
        paramLabel = "N",
        description = "number of augmentation services; initially 1")
    Integer augmenters;

    @Option(names = "--trainers", paramLabel = "N", description = "number of trainers; initially 1")
    Integer trainers;

    @Option(
        names = "--datasets",
        paramLabel = "DIR",
        description =
            "a folder or s3://bucket/prefix with data sets, in addition to the built-in ones; may"
                + " be repeated")
    List<String> datasets;

    @Option(
        names = "--native",
        negatable = true,
        description =
            "run the services as native executables, which you must build first; initially they"
                + " run on the JVM")
    Boolean nativeServices;

    StackSettings over(StackSettings before) {
      return new StackSettings(
          port("--kafka-port", kafka, before.kafkaPort()),
          port("--postgresql-port", postgresql, before.postgresqlPort()),
          port("--results-port", results, before.resultsPort()),
          port("--augmentation-port", augmentation, before.augmentationPort()),
          port("--trainer-port", trainer, before.trainerPort()),
          count("--augmenters", augmenters, before.augmenters()),
          count("--trainers", trainers, before.trainers()),
          datasets == null ? before.datasets() : datasets.stream().map(this::root).toList(),
          nativeServices == null ? before.nativeServices() : nativeServices);
    }

    private String root(String address) {
      if (address.startsWith("s3:")) {
        return address; // The augmentation services read it and report its faults.
      }
      Path path = Path.of(address);
      if (!Files.isDirectory(path)) {
        throw new UserError(
            "--datasets: " + path + " is not a folder; give a folder or s3://bucket/prefix");
      }
      return path.toAbsolutePath().normalize().toString();
    }

    private static int port(String name, Integer value, int before) {
      return within(name, value, before, 65_535);
    }

    private static int count(String name, Integer value, int before) {
      return within(name, value, before, 16);
    }

    private static int within(String name, Integer value, int before, int max) {
      if (value == null) {
        return before;
      }
      if (value < 1 || value > max) {
        throw new UserError(name + ": " + value + " is out of range; give 1.." + max);
      }
      return value;
    }
  }

  /** The address of a stack that {@code up} did not start. */
  static final class Elsewhere {
    @Option(
        names = "--broker",
        paramLabel = "HOST:PORT",
        description = "broker of a stack that runs elsewhere, for example in containers")
    String broker;

    @Option(
        names = "--results",
        paramLabel = "URL",
        description = "results service of that stack, such as http://127.0.0.1:8080")
    String results;

    /** The given addresses. An address that is not given is that of the local stack. */
    Addresses addresses() {
      var own = StackSettings.read(Home.fromEnvironment()).addresses();
      return new Addresses(
          broker == null ? own.broker() : broker,
          results == null ? own.results() : results.replaceAll("/+$", ""));
    }

    /** Whether the command addresses another stack, by both addresses. */
    boolean isGiven() {
      if ((broker == null) != (results == null)) {
        throw new UserError(
            (broker == null ? "--broker" : "--results")
                + ": is missing; give --broker and --results together");
      }
      return broker != null;
    }
  }

  @Command(name = "up", description = "Start the stack and return when it is ready.")
  static final class Up implements Callable<Integer> {
    @Mixin StackOptions options;

    @Override
    public Integer call() {
      Home home = Home.fromEnvironment();
      StackSettings before = StackSettings.read(home);
      StackSettings settings = options.over(before);
      stack(home, settings).up(before, System.out::println);
      System.out.println("Results: " + settings.addresses().results());
      System.out.println("Kafka:   " + settings.addresses().broker());
      return 0;
    }
  }

  @Command(name = "down", description = "Stop the stack.")
  static final class Down implements Callable<Integer> {
    @Option(names = "--purge", description = "also delete its data, models and logs")
    boolean purge;

    @Override
    public Integer call() {
      Home home = Home.fromEnvironment();
      stack(home, StackSettings.read(home)).down(System.out::println);
      if (purge) {
        home.purge();
        System.out.println("deleted the state in " + home.folder());
      }
      return 0;
    }
  }

  @Command(
      name = "status",
      description = "Show the processes of the stack; exit 0 if all are ready, else 3.")
  static final class Status implements Callable<Integer> {
    @Option(names = "--json", description = "print JSON, for scripts")
    boolean json;

    @Override
    public Integer call() {
      Home home = Home.fromEnvironment();
      var stack = stack(home, StackSettings.read(home));
      var list = JSON.createArrayNode();
      boolean all = true;
      for (Instance instance : stack.instances()) {
        boolean ready = stack.isReady(instance);
        all &= ready;
        ObjectNode node = list.addObject();
        node.put("name", instance.name());
        node.put("service", instance.service());
        node.put("number", instance.number());
        node.put("port", instance.port());
        instance.process().ifPresent(process -> node.put("pid", process.pid()));
        node.put("state", ready ? "ready" : instance.isAlive() ? "not ready" : "stopped");
      }
      if (json) {
        ObjectNode node = JSON.createObjectNode();
        node.put("home", home.folder().toString());
        node.put("ready", all);
        node.set("services", list);
        System.out.println(node.toPrettyString());
      } else {
        var table = new TextTable("service", "state", "port", "pid");
        list.forEach(
            s ->
                table.row(
                    s.get("name").asText(),
                    s.get("state").asText(),
                    s.get("port").asText(),
                    s.path("pid").asText("")));
        System.out.print(table);
      }
      return all ? 0 : 3;
    }
  }

  @Command(
      name = "submit",
      description =
          "Check the training requests in files, publish them to Kafka, and print the ids of their"
              + " runs. If one is invalid, publish none and exit with 2.")
  static final class Submit implements Callable<Integer> {
    @Parameters(
        paramLabel = "FILE",
        arity = "1..*",
        description =
            "a JSON file with one request, which may have seeds and sweeps, or a list of requests;"
                + " - reads standard input")
    List<String> files;

    @Option(
        names = "--priority",
        paramLabel = "0..2",
        description =
            "priority of all requests, instead of their own; runs of a higher priority train first")
    Integer priority;

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() throws IOException {
      Addresses addresses = elsewhere.addresses();
      return run(
          new Results(addresses.results()),
          requests -> Requests.publish(addresses.broker(), requests),
          System.out,
          System.err);
    }

    /** Publishes all requests, or none if one is invalid. */
    int run(
        Results results, Consumer<List<Requests.Request>> publish, PrintStream out, PrintStream err)
        throws IOException {
      var requests = new ArrayList<Requests.Request>();
      for (String file : files) {
        requests.addAll(Requests.parse(file, text(file), priority));
      }
      List<String> complaints = Requests.complaints(requests, results);
      complaints.forEach(complaint -> err.println("millrace: " + complaint));
      if (!complaints.isEmpty()) {
        err.println("millrace: no request was published");
        return INVALID;
      }
      publish.accept(requests);
      requests.forEach(request -> request.runs().forEach(out::println));
      return 0;
    }

    private static String text(String file) throws IOException {
      if (file.equals("-")) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      if (!Files.isRegularFile(Path.of(file))) {
        throw new UserError(
            file + ": the file does not exist; give a JSON file, or - for standard input");
      }
      try {
        return Files.readString(Path.of(file));
      } catch (CharacterCodingException e) {
        throw new UserError(file + ": the file is not UTF-8 text; save it as UTF-8");
      }
    }
  }

  @Command(
      name = "watch",
      description =
          "Show the progress of runs until they end, or of an experiment until it is decided; exit 0"
              + " if all runs completed.")
  static final class WatchRun implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    Target target;

    static final class Target {
      @Parameters(paramLabel = "RUN", arity = "1..*", description = "the runs")
      List<String> runs;

      @Option(
          names = "--experiment",
          paramLabel = "NAME",
          description = "all runs of this experiment")
      String experiment;
    }

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() {
      Watch watch = watch(elsewhere.addresses());
      var ended =
          target.experiment == null
              ? watch.untilEnded(target.runs)
              : watch.untilDecided(target.experiment);
      return ended.stream().allMatch(Watch::isCompleted) ? 0 : 1;
    }
  }

  @Command(name = "compare", description = "Show an experiment's variants side by side.")
  static final class Compare implements Callable<Integer> {
    @Parameters(paramLabel = "EXPERIMENT", description = "the experiment")
    String experiment;

    @Option(
        names = "--metric",
        paramLabel = "METRIC",
        description =
            "metric to compare the variants by, such as test_loss; default: the metric that decides"
                + " the experiment, else the first metric of its requests")
    String metric;

    @Option(
        names = "--baseline",
        paramLabel = "VARIANT",
        description = "variant that the others are compared with")
    String baseline;

    @Option(names = "--wide", description = "show every column, also on a narrow terminal")
    boolean wide;

    @Option(names = "--json", description = "print JSON, for scripts")
    boolean json;

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() {
      return run(new Results(elsewhere.addresses().results()), columns(), System.out);
    }

    /**
     * @param columns the width of the terminal; 0 if there is none
     */
    int run(Results results, int columns, PrintStream out) {
      JsonNode found =
          results
              .experiment(experiment, metric, baseline)
              .orElseThrow(() -> Results.unknown("experiment", experiment));
      out.print(
          json
              ? found.toPrettyString() + "\n"
              : new ComparisonText(found).text(wide ? 0 : columns));
      return 0;
    }
  }

  @Command(
      name = "demo",
      description =
          "Start the stack (or use one that runs elsewhere), run two experiments, and print their"
              + " comparisons.")
  static final class DemoRun implements Callable<Integer> {
    @Mixin StackOptions options;

    @Option(
        names = "--exit",
        description = "stop the stack at the end; exit 0 only if every run completed")
    boolean exit;

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() {
      if (elsewhere.isGiven()) {
        return run(elsewhere.addresses());
      }
      Home home = Home.fromEnvironment();
      StackSettings before = StackSettings.read(home);
      StackSettings settings = options.over(before);
      Stack stack = stack(home, settings);
      try {
        stack.up(before, System.out::println);
        return run(settings.addresses());
      } finally {
        if (exit) {
          stack.down(System.out::println);
        }
      }
    }

    private static int run(Addresses addresses) {
      return new Demo(addresses, watch(addresses), System.out).run() ? 0 : 1;
    }
  }

  @Command(
      name = "record",
      description =
          "Run every service for a while, and write an AOT cache for each (needs Java 25 or later).")
  static final class Record implements Callable<Integer> {
    @Mixin StackOptions options;

    @Parameters(
        paramLabel = "FOLDER",
        description =
            "folder for the caches, one file <module>.aot for each service (-XX:AOTCache)")
    Path folder;

    @Override
    public Integer call() throws IOException {
      Home home = Home.fromEnvironment();
      var settings = options.over(StackSettings.read(home));
      new Recording(home, settings, root(), folder)
          .run(watch(settings.addresses()), System.out::println);
      return 0;
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("millrace.root", "."));
  }

  private static Stack stack(Home home, StackSettings settings) {
    return new Stack(home, settings, root(), service -> Map.of());
  }

  private static Watch watch(Addresses addresses) {
    boolean terminal = System.console() != null && System.getenv("TERM") != null;
    return new Watch(new Results(addresses.results()), System.out, terminal);
  }
}
