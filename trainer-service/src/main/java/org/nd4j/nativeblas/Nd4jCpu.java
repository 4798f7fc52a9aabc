package org.nd4j.nativeblas;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j 1.0.0-M2.1 looks up this class by reflection ({@code BaseMKLDNNHelper}) to decide
 * whether its oneDNN helpers may be used, but its backends have renamed it. Without this class
 * every helper declines, and convolutions are several times slower.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** The current environment under its old name. */
  public static final class Environment {
    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** The process's only environment. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Whether the native libraries may use oneDNN; those on the classpath contain it. */
    public boolean isUseMKLDNN() {
      return Nd4j.getEnvironment().isCPU() && Nd4j.getEnvironment().helpersAllowed();
    }
  }
}
