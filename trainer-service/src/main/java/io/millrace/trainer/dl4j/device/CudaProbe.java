package io.millrace.trainer.dl4j.device;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Checks whether the GPU can train, with a matrix product in a separate process. With a GPU for
 * which ND4J's native libraries have no machine code, the driver reports no problem until the first
 * operation fails; after that the process cannot use another backend.
 */
final class CudaProbe {
  private static final String USABLE = "millrace-cuda-usable ";
  private static final String UNUSABLE = "millrace-cuda-unusable ";

  /** The first use of a GPU unpacks 2 GB of native libraries. */
  private static final int LIMIT_SECONDS = 180;

  private static final int SIZE = 64;

  private CudaProbe() {}

  /**
   * @param usable whether the GPU can train
   * @param text the GPU's name, or why it is not usable
   */
  record Finding(boolean usable, String text) {
    static Finding unusable(String reason) {
      return new Finding(false, reason);
    }

    /** The finding in the last marked line of a probe's output. */
    static Finding of(List<String> output, String otherwise) {
      for (int i = output.size() - 1; i >= 0; i--) {
        String line = output.get(i);
        if (line.startsWith(USABLE)) {
          return new Finding(true, line.substring(USABLE.length()));
        }
        if (line.startsWith(UNUSABLE)) {
          return unusable(line.substring(UNUSABLE.length()));
        }
      }
      return unusable(otherwise);
    }
  }

  /** Probes the GPU, if the service was built with CUDA. */
  static Finding run() {
    if (!BackendLoader.has(BackendLoader.CUDA, CudaProbe.class.getClassLoader())) {
      return Finding.unusable("built without CUDA");
    }
    try {
      return run(command(classpath()), LIMIT_SECONDS);
    } catch (IOException | URISyntaxException e) {
      return Finding.unusable("the GPU probe did not start: " + e.getMessage());
    }
  }

  private static List<String> command(String classpath) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(java, "-cp", classpath, CudaProbe.class.getName());
  }

  /** Runs a probe's command and reads its finding. */
  static Finding run(List<String> command, int seconds) throws IOException {
    Path output = Files.createTempFile("millrace-cuda-probe", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
          return Finding.unusable("the GPU did not respond within " + seconds + " s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Finding.unusable("the GPU probe was interrupted");
      } finally {
        process.destroyForcibly();
      }
      String bytes = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return Finding.of(
          bytes.lines().toList(), "the GPU probe exited with status " + process.exitValue());
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /**
   * This process's classpath; under a framework with its own class loading, the folders that
   * contain the jars of this class and of ND4J.
   */
  private static String classpath() throws URISyntaxException {
    String own = System.getProperty("java.class.path");
    var entries = new TreeSet<String>();
    for (Class<?> type : List.of(CudaProbe.class, Nd4j.class)) {
      Path source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      entries.add(Files.isDirectory(source) ? source.toString() : source.getParent() + "/*");
    }
    return String.join(File.pathSeparator, entries) + File.pathSeparator + own;
  }

  /** The probe: prints one line and exits. */
  public static void main(String[] arguments) {
    try {
      Backend.load(BackendLoader.CUDA);
      product();
      exchange();
      System.out.println(USABLE + name());
    } catch (Throwable e) {
      System.out.println(UNUSABLE + reason(e));
    }
    System.exit(0);
  }

  /** Checks a product of two matrices whose result is known. */
  private static void product() {
    INDArray ones = Nd4j.ones(SIZE, SIZE);
    float[] product = Residence.DEVICE.read(ones.mmul(ones.mul(2)));
    for (float value : product) {
      if (value != 2 * SIZE) {
        throw new IllegalStateException("a matrix product on the GPU has a wrong result");
      }
    }
  }

  /** Checks the transfer of values between the process's memory and the GPU's. */
  private static void exchange() {
    INDArray values = Nd4j.ones(SIZE, SIZE).addi(1);
    Floats.write(new float[] {5}, values);
    values.muli(3);
    float[] read = Floats.read(values);
    if (read[0] != 15 || read[1] != 6) {
      throw new IllegalStateException("values read back from the GPU are wrong");
    }
  }

  private static String name() {
    Object devices =
        Nd4j.getExecutioner().getEnvironmentInformation().get("cuda.devicesInformation");
    return Optional.ofNullable(devices)
        .filter(List.class::isInstance)
        .map(list -> ((List<?>) list).get(0))
        .map(CudaProbe::deviceName)
        .orElse("unknown device");
  }

  private static String deviceName(Object device) {
    return device instanceof java.util.Map<?, ?> map && map.get("cuda.deviceName") != null
        ? map.get("cuda.deviceName").toString()
        : device.toString();
  }

  /** The root cause's message, in one line. */
  static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    if (cause instanceof Nd4jBackend.NoAvailableBackendException) {
      return "no NVIDIA driver or no GPU found";
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }
}
