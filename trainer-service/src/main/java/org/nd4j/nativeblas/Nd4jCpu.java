package org.nd4j.nativeblas;

import org.nd4j.linalg.factory.Nd4j;

/**
 * The class of this name that Deeplearning4j 1.0.0-M2.1 asks, by reflection, whether its oneDNN
 * helpers may be used ({@code BaseMKLDNNHelper}), and that its backends have left behind under
 * another name. Without it every helper declines, and convolutions run several times slower.
 */
public final class Nd4jCpu {
  private Nd4jCpu() {}

  /** Today's environment under its old name. */
  public static final class Environment {
    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** The one environment of the process. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Whether the natives may take oneDNN's ways; the natives on the classpath contain them. */
    public boolean isUseMKLDNN() {
      return Nd4j.getEnvironment().isCPU() && Nd4j.getEnvironment().helpersAllowed();
    }
  }
}
