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
    description = "Millrace on one machine: train networks, compare them honestly.",
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
      PutAway.Archive.class,
      PutAway.Restore.class,
      PutAway.Delete.class,
      ListDatasets.class,
      Millrace.DemoRun.class,
      Millrace.Record.class,
      Completion.class
    })
final class Millrace {
  private static final ObjectMapper JSON = Json.MAPPER;

  /** The exit code of requests that would be rejected, as of wrong options. */
  private static final int INVALID = 2;

  private static final int LEAST_HELP = 60;
  private static final int MOST_HELP = 100;

  /**
   * Kafka's clients print their settings at INFO. Held, since levels of loggers nobody holds are
   * lost.
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

  /** The command line, whose help is as wide as the terminal. */
  static CommandLine commands() {
    var commands = new CommandLine(new Millrace());
    if (columns() > 0) {
      commands.setUsageHelpWidth(Math.max(LEAST_HELP, Math.min(columns(), MOST_HELP)));
    }
    return commands;
  }

  /** How wide the terminal is; 0 where what is printed goes elsewhere. */
  private static int columns() {
    return Integer.getInteger("millrace.columns", 0);
  }

  private static int usage(CommandLine commands) {
    commands.usage(System.out);
    return 2;
  }

  /** How to bring the stack up; what is not given stays as it was. */
  static final class StackOptions {
    @Option(names = "--kafka-port", description = "of the broker; first 9092")
    Integer kafka;

    @Option(names = "--postgresql-port", description = "of the database; first 15432")
    Integer postgresql;

    @Option(names = "--results-port", description = "of the results service; first 8080")
    Integer results;

    @Option(names = "--augmentation-port", description = "of the first augmenter; first 8100")
    Integer augmentation;

    @Option(names = "--trainer-port", description = "of the first trainer; first 8200")
    Integer trainer;

    @Option(names = "--augmenters", description = "how many; first 1")
    Integer augmenters;

    @Option(names = "--trainers", description = "how many; first 1")
    Integer trainers;

    @Option(
        names = "--datasets",
        description =
            "a folder, or s3://bucket/prefix, of data sets beside the built-in samples; may be"
                + " repeated")
    List<String> datasets;

    @Option(
        names = "--native",
        negatable = true,
        description =
            "the services as native executables, which must be built before; first on the JVM")
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
        return address; // The augmenters read it, and say what is wrong with it.
      }
      Path path = Path.of(address);
      if (!Files.isDirectory(path)) {
        throw new UserError("--datasets: " + path + " is not a folder");
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

  /** Where the stack is, if it is not the one that {@code up} started. */
  static final class Elsewhere {
    @Option(
        names = "--broker",
        paramLabel = "HOST:PORT",
        description = "of a stack that runs elsewhere, in containers for example")
    String broker;

    @Option(
        names = "--results",
        paramLabel = "URL",
        description = "of its results service, such as http://127.0.0.1:8080")
    String results;

    /** The addresses that are given, and of what is not given those of the stack in the home. */
    Addresses addresses() {
      var own = StackSettings.read(Home.fromEnvironment()).addresses();
      return new Addresses(
          broker == null ? own.broker() : broker,
          results == null ? own.results() : results.replaceAll("/+$", ""));
    }

    /** Whether no part of the stack in the home is meant. */
    boolean isGiven() {
      if ((broker == null) != (results == null)) {
        throw new UserError("a stack elsewhere has both addresses; give --broker and --results");
      }
      return broker != null;
    }
  }

  @Command(name = "up", description = "Start the stack, and return when it is ready.")
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
        System.out.println("state in " + home.folder() + " deleted");
      }
      return 0;
    }
  }

  @Command(name = "status", description = "Show what runs; exit 0 if all of it is ready.")
  static final class Status implements Callable<Integer> {
    @Option(names = "--json", description = "for scripts")
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
          "Check the training requests in files, publish them to Kafka, and print their runs. Where"
              + " one is invalid, none is published: exit 2.")
  static final class Submit implements Callable<Integer> {
    @Parameters(
        paramLabel = "FILE",
        arity = "1..*",
        description =
            "JSON: a request (also with seeds or sweeps), or a list of them; - for standard input")
    List<String> files;

    @Option(
        names = "--priority",
        paramLabel = "0..2",
        description = "of all of them, in place of their own: higher ones are trained first")
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

    /** Publishes all, or none where one is invalid. */
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
        err.println("millrace: nothing is published");
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
        throw new UserError("there is no file " + file);
      }
      try {
        return Files.readString(Path.of(file));
      } catch (CharacterCodingException e) {
        throw new UserError(file + " is not text in UTF-8");
      }
    }
  }

  @Command(
      name = "watch",
      description =
          "Follow runs until they have ended, or an experiment until it is decided; exit 0 if all"
              + " runs completed.")
  static final class WatchRun implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    Which which;

    static final class Which {
      @Parameters(paramLabel = "RUN", arity = "1..*")
      List<String> runs;

      @Option(names = "--experiment", paramLabel = "NAME", description = "all runs of this one")
      String experiment;
    }

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() {
      Watch watch = watch(elsewhere.addresses());
      var ended =
          which.experiment == null
              ? watch.untilEnded(which.runs)
              : watch.untilDecided(which.experiment);
      return ended.stream().allMatch(Watch::isCompleted) ? 0 : 1;
    }
  }

  @Command(name = "compare", description = "Show an experiment's variants side by side.")
  static final class Compare implements Callable<Integer> {
    @Parameters(paramLabel = "EXPERIMENT")
    String experiment;

    @Option(
        names = "--metric",
        paramLabel = "METRIC",
        description = "by which variants are compared, such as test_loss; default the first metric")
    String metric;

    @Option(
        names = "--baseline",
        paramLabel = "VARIANT",
        description = "the variant with which the others are compared")
    String baseline;

    @Option(names = "--wide", description = "every column, however narrow the terminal is")
    boolean wide;

    @Option(names = "--json", description = "for scripts")
    boolean json;

    @Mixin Elsewhere elsewhere;

    @Override
    public Integer call() {
      return run(new Results(elsewhere.addresses().results()), columns(), System.out);
    }

    /**
     * @param columns of the terminal; 0 where there is none
     */
    int run(Results results, int columns, PrintStream out) {
      JsonNode found =
          results
              .experiment(experiment, metric, baseline)
              .orElseThrow(() -> new UserError("there is no experiment " + experiment));
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
          "Bring the stack up (or take one elsewhere), train two experiments through Kafka,"
              + " compare.")
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
      description = "Let every service work a while, and write what its JVM (25 or later) learnt.")
  static final class Record implements Callable<Integer> {
    @Mixin StackOptions options;

    @Parameters(
        paramLabel = "FOLDER",
        description = "takes a file for -XX:AOTCache of each service, <module>.aot")
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
