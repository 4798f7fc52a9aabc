package io.millrace.local;

import io.millrace.embedded.EmbeddedPostgresql;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** The processes of a local stack: broker, database and the three services. */
final class Stack {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final int MAX_INSTANCES = 16;

  /**
   * Not set for trainers: there a run that needs too much memory fails, and the trainer goes on.
   */
  private static final String EXIT_ON_OUT_OF_MEMORY = "-XX:+ExitOnOutOfMemoryError";

  private final Home home;
  private final StackSettings settings;
  private final Path root;
  private final Function<String, Map<String, String>> environment;
  private final Function<String, List<String>> options;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * @param root root of the checkout, which contains the built services
   * @param environment additional environment variables, by service
   */
  Stack(
      Home home,
      StackSettings settings,
      Path root,
      Function<String, Map<String, String>> environment) {
    this(home, settings, root, environment, module -> List.of());
  }

  /**
   * @param options additional JVM options, by the module of a service
   */
  Stack(
      Home home,
      StackSettings settings,
      Path root,
      Function<String, Map<String, String>> environment,
      Function<String, List<String>> options) {
    this.home = home;
    this.settings = settings;
    this.root = root;
    this.environment = environment;
    this.options = options;
  }

  /** All processes in start order. */
  List<Instance> instances() {
    var all = new ArrayList<Instance>();
    all.add(kafka());
    all.add(postgresql());
    all.add(results());
    for (int n = 1; n <= settings.augmenters(); n++) {
      all.add(new Instance(home, "augmentation", n, settings.augmentationPort() + n - 1));
    }
    for (int n = 1; n <= settings.trainers(); n++) {
      all.add(new Instance(home, "trainer", n, settings.trainerPort() + n - 1));
    }
    return all;
  }

  /**
   * Starts processes that do not run yet, restarts those whose settings have changed, stops those
   * that are no longer configured, and returns when all are ready.
   *
   * @param before the settings of the processes that run now
   */
  void up(StackSettings before, Consumer<String> say) {
    if (settings.trainers() > MAX_INSTANCES || settings.augmenters() > MAX_INSTANCES) {
      throw new UserError("--trainers, --augmenters: give at most " + MAX_INSTANCES + " of each");
    }
    // Fails if a service is not built, before anything is stopped.
    var services = instances().stream().filter(instance -> !isStore(instance)).toList();
    services.forEach(this::command);
    stop(running().stream().filter(instance -> !fits(instance, before)).toList(), say);
    stopOrphans();
    checkPorts();
    home.create();
    settings.write(home);
    startAll(List.of(kafka(), postgresql()), say);
    startAll(services, say);
  }

  /** Stops every process; the services first, while they still reach the broker and database. */
  void down(Consumer<String> say) {
    stop(running(), say);
    stopOrphans();
  }

  private static void stop(List<Instance> all, Consumer<String> say) {
    var stores = all.stream().filter(Stack::isStore).toList();
    var services = all.stream().filter(i -> !isStore(i)).toList();
    for (var group : List.of(services, stores)) {
      group.forEach(Instance::terminate);
      group.forEach(Instance::awaitEnd);
      group.forEach(i -> say.accept(i.name() + " stopped"));
    }
  }

  /** Whether a process that was started with {@code before} matches the current settings. */
  private boolean fits(Instance running, StackSettings before) {
    boolean isConfigured = instances().stream().anyMatch(i -> i.name().equals(running.name()));
    boolean samePort =
        switch (running.service()) {
          case "kafka" -> true;
          case "postgresql" -> before.postgresqlPort() == settings.postgresqlPort();
          case "results" ->
              before.resultsPort() == settings.resultsPort()
                  && before.augmentationPort() == settings.augmentationPort()
                  && before.postgresqlPort() == settings.postgresqlPort();
          case "augmentation" ->
              before.augmentationPort() == settings.augmentationPort()
                  && before.resultsPort() == settings.resultsPort()
                  && before.datasets().equals(settings.datasets());
          default -> before.trainerPort() == settings.trainerPort();
        };
    boolean sameLaunch = isStore(running) || before.nativeServices() == settings.nativeServices();
    return isConfigured && samePort && sameLaunch && before.kafkaPort() == settings.kafkaPort();
  }

  /** Whether a process is ready: a service by its health check, the others by their open port. */
  boolean isReady(Instance instance) {
    return instance.isAlive()
        && (isStore(instance) ? accepts(instance.port()) : healthy(instance.port()));
  }

  /** Every process with a pid file, including those of an earlier, larger stack. */
  private List<Instance> running() {
    var all = new ArrayList<>(instances());
    for (String service : List.of("augmentation", "trainer")) {
      for (int n = 1; n <= MAX_INSTANCES; n++) {
        var instance = new Instance(home, service, n, 0);
        if (Files.exists(home.pid(instance.name()))
            && all.stream().noneMatch(i -> i.name().equals(instance.name()))) {
          all.add(instance);
        }
      }
    }
    return all.stream().filter(i -> Files.exists(home.pid(i.name()))).toList();
  }

  /** Stops a database server whose parent process was killed: it survives its parent. */
  private void stopOrphans() {
    if (!postgresql().isAlive()) {
      try {
        EmbeddedPostgresql.stopLeftover(home.postgresql());
      } catch (IOException e) {
        throw new UserError(e.getMessage());
      }
    }
  }

  private void checkPorts() {
    var names = new HashMap<Integer, String>();
    for (Instance instance : instances()) {
      String other = names.put(instance.port(), instance.name());
      if (other != null) {
        throw new UserError(
            option(instance)
                + ": port "
                + instance.port()
                + " is given to both "
                + other
                + " and "
                + instance.name()
                + "; give different ports");
      }
      if (!instance.isAlive() && !isFree(instance.port())) {
        throw new UserError(
            option(instance)
                + ": port "
                + instance.port()
                + " of "
                + instance.name()
                + " is in use by another program; stop that program or give another port");
      }
    }
  }

  private static String option(Instance instance) {
    return "--" + instance.service() + "-port";
  }

  private void startAll(List<Instance> group, Consumer<String> say) {
    for (Instance instance : group) {
      if (!instance.isAlive()) {
        instance.start(command(instance), environment(instance));
      }
    }
    for (Instance instance : group) {
      await(instance, () -> isReady(instance));
      say.accept(instance.name() + " ready on port " + instance.port());
    }
  }

  private void await(Instance instance, BooleanSupplier ready) {
    long end = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!ready.getAsBoolean()) {
      if (!instance.isAlive()) {
        throw new UserError(
            instance.name()
                + " ended during startup; the last lines of its log:\n"
                + instance.lastLines());
      }
      if (System.nanoTime() > end) {
        throw new UserError(
            instance.name()
                + " is not ready after "
                + START_TIMEOUT.toMinutes()
                + " minutes; see "
                + instance.log());
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  /** The command line that starts a process. */
  List<String> command(Instance instance) {
    return switch (instance.service()) {
      case "kafka" -> {
        var command = own(instance, BrokerProcess.class, home.kafka(), "512m");
        command.add(home.kafkaSettings().toString());
        yield command;
      }
      case "postgresql" -> own(instance, PostgresqlProcess.class, home.postgresql(), "256m");
      case "results" ->
          service(
              instance,
              "results-service",
              List.of("-Xmx384m", EXIT_ON_OUT_OF_MEMORY),
              Map.of(
                  "millrace.db.port", Integer.toString(settings.postgresqlPort()),
                  "millrace.results.models", home.models().toString(),
                  "millrace.augmentation.url", settings.augmentationAddress()));
      case "augmentation" ->
          service(
              instance,
              "augmentation-service",
              List.of("-Xmx1500m", EXIT_ON_OUT_OF_MEMORY),
              Map.of(
                  "millrace.datasets.roots", String.join(",", settings.datasets()),
                  "millrace.results.url", settings.addresses().results()));
      case "trainer" ->
          service(
              instance,
              "trainer-service",
              List.of("-Xmx2g"),
              Map.of(
                  "millrace.trainer.models", home.models().toString(),
                  "millrace.trainer.id", instance.name()));
      default -> throw new IllegalArgumentException(instance.service());
    };
  }

  private List<String> own(Instance instance, Class<?> main, Path folder, String heap) {
    Path built = root.resolve("deploy/local/target");
    List<String> command =
        Launch.java(
            List.of(
                "-Xmx" + heap,
                EXIT_ON_OUT_OF_MEMORY,
                "-XX:+UseSerialGC",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager"));
    command.addAll(
        List.of(
            "-cp",
            built.resolve("millrace-local.jar") + ":" + built.resolve("lib") + "/*",
            main.getName(),
            folder.toString(),
            Integer.toString(instance.port())));
    return command;
  }

  private List<String> service(
      Instance instance, String module, List<String> memory, Map<String, String> ofService) {
    var properties = new HashMap<>(ofService);
    properties.put("quarkus.http.port", Integer.toString(instance.port()));
    properties.put("kafka.bootstrap.servers", settings.addresses().broker());
    Launch launch =
        settings.nativeServices()
            ? Launch.natively(root, module, home.libraries())
            : Launch.onJvm(root, module, options.apply(module));
    return launch.command(memory, properties);
  }

  /** The processes share the cores, so threads that wait must not spin. */
  private Map<String, String> environment(Instance instance) {
    var variables = new HashMap<>(environment.apply(instance.service()));
    if (instance.service().equals("trainer")) {
      variables.put("OMP_WAIT_POLICY", "passive");
    }
    return variables;
  }

  private Instance kafka() {
    return new Instance(home, "kafka", 1, settings.kafkaPort());
  }

  private Instance postgresql() {
    return new Instance(home, "postgresql", 1, settings.postgresqlPort());
  }

  private Instance results() {
    return new Instance(home, "results", 1, settings.resultsPort());
  }

  /** Whether a process is the broker or the database. */
  static boolean isStore(Instance instance) {
    return instance.service().equals("kafka") || instance.service().equals("postgresql");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean accepts(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean healthy(int port) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
