package io.millrace.trainer.dl4j;

import org.deeplearning4j.config.DL4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J, started once for the process with the settings that training needs. */
final class Backend {
  private static final Backend INSTANCE = start();

  private final boolean cpu;

  private Backend(boolean cpu) {
    this.cpu = cpu;
  }

  /** The backend, started by the first call. */
  static Backend get() {
    return INSTANCE;
  }

  /** Whether arrays lie in the process's own memory. */
  boolean isCpu() {
    return cpu;
  }

  private static Backend start() {
    // Read once, when the classes that own them load; a user's own -D wins.
    setDefault("org.eclipse.deeplearning4j.helpers.disable", "false");
    // JavaCPP compares the process's resident memory with a limit at every allocation; the plan's
    // memory estimate bounds it instead.
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.deeplearning4j.crash.reporting.enabled", "false");
    setDefault("org.nd4j.log.initialization", "false");
    // The helpers and the class that they ask for live where this class does, which under a
    // framework's class loaders is not where the thread's context points.
    DL4JClassLoading.setDl4jClassloader(Backend.class.getClassLoader());
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    return new Backend(Nd4j.getEnvironment().isCPU());
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
