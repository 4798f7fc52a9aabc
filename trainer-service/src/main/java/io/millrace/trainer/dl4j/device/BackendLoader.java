package io.millrace.trainer.dl4j.device;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Shows ND4J only one of the backends on the classpath. By itself, ND4J tries the GPU's first, and
 * prints a stack trace if that fails; only an environment variable changes the order.
 */
final class BackendLoader extends ClassLoader {
  static final String CPU = "org.nd4j.linalg.cpu.nativecpu.CpuBackend";
  static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

  private static final String SERVICE = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

  private final String backend;

  /**
   * @param backend the name of the class that ND4J shall find
   */
  BackendLoader(String backend, ClassLoader parent) {
    super(parent);
    this.backend = backend;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    if (!name.equals(SERVICE)) {
      return super.getResources(name);
    }
    for (URL url : Collections.list(super.getResources(name))) {
      if (names(url, backend)) {
        return Collections.enumeration(List.of(url));
      }
    }
    return Collections.emptyEnumeration();
  }

  /** Whether a backend is on the classpath. */
  static boolean has(String backend, ClassLoader loader) {
    try {
      return new BackendLoader(backend, loader).getResources(SERVICE).hasMoreElements();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean names(URL url, String backend) throws IOException {
    try (InputStream in = url.openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .anyMatch(line -> line.strip().equals(backend));
    }
  }
}
