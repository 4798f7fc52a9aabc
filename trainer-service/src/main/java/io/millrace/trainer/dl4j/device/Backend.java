package io.millrace.trainer.dl4j.device;

import io.millrace.trainer.network.Device;
import org.deeplearning4j.config.DL4JClassLoading;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J, started once for the process with the settings that training needs. */
public final class Backend {
  private static Backend instance;

  private final Residence residence;
  private final String device;

  private Backend(Residence residence, String device) {
    this.residence = residence;
    this.device = device;
  }

  /** The backend; the first call starts it on the best device. */
  public static Backend get() {
    return get(Device.AUTO);
  }

  /**
   * The backend; the first call starts it and fixes the device for the process.
   *
   * @throws IllegalStateException if a GPU is required and does not work, with the reason
   */
  public static synchronized Backend get(Device choice) {
    if (instance == null) {
      instance = start(choice);
    } else if (choice == Device.GPU && instance.residence == Residence.HOST) {
      throw new IllegalStateException(
          "training on a GPU is not possible: this process uses " + instance.device);
    }
    return instance;
  }

  /** Where arrays are. */
  public Residence residence() {
    return residence;
  }

  /** The device and why it was chosen. */
  public String device() {
    return device;
  }

  private static Backend start(Device choice) {
    CudaProbe.Finding finding =
        choice == Device.CPU ? CudaProbe.Finding.unusable("as configured") : CudaProbe.run();
    if (choice == Device.GPU && !finding.usable()) {
      throw new IllegalStateException("training on a GPU is not possible: " + finding.text());
    }
    load(finding.usable() ? BackendLoader.CUDA : BackendLoader.CPU);
    return finding.usable()
        ? new Backend(Residence.DEVICE, "CUDA: " + finding.text())
        : new Backend(Residence.HOST, "CPU (oneDNN): " + finding.text());
  }

  /** Starts ND4J on one of its backends. */
  static void load(String backend) {
    // Read once, when their classes load; a user's own -D takes precedence.
    setDefault("org.eclipse.deeplearning4j.helpers.disable", "false");
    // JavaCPP compares the process's resident memory with a limit at every allocation; the plan's
    // memory estimate bounds it instead.
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.deeplearning4j.crash.reporting.enabled", "false");
    setDefault("org.nd4j.log.initialization", "false");
    // The helpers, the backends and the class that they look up are in this class's loader, which
    // under a framework is not the thread's context loader.
    ClassLoader loader = Backend.class.getClassLoader();
    DL4JClassLoading.setDl4jClassloader(loader);
    ND4JClassLoading.setNd4jClassloader(new BackendLoader(backend, loader));
    Nd4j.getMemoryManager().togglePeriodicGc(false);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
