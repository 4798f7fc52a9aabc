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

  /** The backend; the first call starts it on the device that is best. */
  public static Backend get() {
    return get(Device.AUTO);
  }

  /**
   * The backend; the first call starts it and settles the device for the process.
   *
   * @throws IllegalStateException if a GPU is demanded and can't be had, with the reason
   */
  public static synchronized Backend get(Device choice) {
    if (instance == null) {
      instance = start(choice);
    } else if (choice == Device.GPU && instance.residence == Residence.HOST) {
      throw new IllegalStateException("no training on a GPU: this is " + instance.device);
    }
    return instance;
  }

  /** Where arrays lie. */
  public Residence residence() {
    return residence;
  }

  /** The device and why it is this one. */
  public String device() {
    return device;
  }

  private static Backend start(Device choice) {
    CudaProbe.Finding finding =
        choice == Device.CPU ? CudaProbe.Finding.unusable("so configured") : CudaProbe.run();
    if (choice == Device.GPU && !finding.usable()) {
      throw new IllegalStateException("no training on a GPU: " + finding.text());
    }
    load(finding.usable() ? BackendLoader.CUDA : BackendLoader.CPU);
    return finding.usable()
        ? new Backend(Residence.DEVICE, "CUDA: " + finding.text())
        : new Backend(Residence.HOST, "CPU (oneDNN): " + finding.text());
  }

  /** Starts ND4J on one of its backends. */
  static void load(String backend) {
    // Read once, when the classes that own them load; a user's own -D wins.
    setDefault("org.eclipse.deeplearning4j.helpers.disable", "false");
    // JavaCPP compares the process's resident memory with a limit at every allocation; the plan's
    // memory estimate bounds it instead.
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.deeplearning4j.crash.reporting.enabled", "false");
    setDefault("org.nd4j.log.initialization", "false");
    // The helpers, the backends and the class that they ask for live where this class does, which
    // under a framework's class loaders is not where the thread's context points.
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
