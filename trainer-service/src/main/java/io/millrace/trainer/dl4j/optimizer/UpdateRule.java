package io.millrace.trainer.dl4j.optimizer;

import io.millrace.contracts.request.OptimizerSpec;

/**
 * An optimizer's formula as in Keras 3, the same for every weight; Deeplearning4j's formulas place
 * epsilon differently. {@link OptimizerSpec} has the formulas and their papers. Numbers are in
 * single precision and every operation is rounded, so that results are the same on every machine.
 *
 * @see <a href="https://github.com/keras-team/keras/tree/v3.15.0/keras/src/optimizers">Keras</a>
 */
interface UpdateRule {

  /** The formula for one step and learning rate. */
  @FunctionalInterface
  interface Update {
    /**
     * Updates the first {@code n} weights and their state.
     *
     * @param w weights
     * @param g gradients
     * @param s for each slot of state one number for each weight
     */
    void apply(float[] w, float[] g, float[][] s, int n);
  }

  /**
   * The formula of a step.
   *
   * @param step counts from 0
   * @param rate the learning rate
   */
  Update at(long step, float rate);

  /** The initial value of a slot of state. */
  default float initial(int slot) {
    return 0;
  }

  /** The rule of an optimizer. */
  static UpdateRule of(OptimizerSpec optimizer) {
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0 ? (step, rate) -> descent(rate) : new Momentum(sgd);
    }
    if (optimizer instanceof OptimizerSpec.Adagrad adagrad) {
      return new Adagrad(adagrad);
    }
    if (optimizer instanceof OptimizerSpec.Adadelta adadelta) {
      return (step, rate) -> adadelta(adadelta, rate);
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return RMSprop.of(rms);
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      return new Adam(adam.beta1(), adam.beta2(), adam.epsilon(), adam.amsgrad());
    }
    if (optimizer instanceof OptimizerSpec.AdamW adam) {
      return new Adam(adam.beta1(), adam.beta2(), adam.epsilon(), adam.amsgrad());
    }
    if (optimizer instanceof OptimizerSpec.Adamax adamax) {
      return (step, rate) -> adamax(adamax, step, rate);
    }
    if (optimizer instanceof OptimizerSpec.Nadam nadam) {
      return new Nadam(nadam);
    }
    if (optimizer instanceof OptimizerSpec.Ftrl ftrl) {
      return new Ftrl(ftrl);
    }
    var lion = (OptimizerSpec.Lion) optimizer;
    return (step, rate) -> lion(lion, rate);
  }

  private static Update descent(float rate) {
    return (w, g, s, n) -> {
      for (int i = 0; i < n; i++) {
        w[i] -= g[i] * rate;
      }
    };
  }

  /** SGD with momentum; its slot is the velocity. */
  record Momentum(OptimizerSpec.SGD sgd) implements UpdateRule {
    @Override
    public Update at(long step, float rate) {
      float momentum = sgd.momentum().floatValue();
      return sgd.nesterov() ? ahead(momentum, rate) : behind(momentum, rate);
    }

    private static Update behind(float momentum, float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        for (int i = 0; i < n; i++) {
          v[i] = v[i] * momentum - g[i] * rate;
          w[i] += v[i];
        }
      };
    }

    private static Update ahead(float momentum, float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        for (int i = 0; i < n; i++) {
          float descent = g[i] * rate;
          v[i] = v[i] * momentum - descent;
          w[i] = w[i] - descent + v[i] * momentum;
        }
      };
    }
  }

  /** Adagrad; its slot is the sum of squared gradients. */
  record Adagrad(OptimizerSpec.Adagrad adagrad) implements UpdateRule {
    @Override
    public float initial(int slot) {
      return adagrad.initialAccumulatorValue().floatValue();
    }

    @Override
    public Update at(long step, float rate) {
      float epsilon = adagrad.epsilon().floatValue();
      return (w, g, s, n) -> {
        float[] a = s[0];
        for (int i = 0; i < n; i++) {
          a[i] += g[i] * g[i];
          w[i] -= g[i] / (float) Math.sqrt(a[i] + epsilon) * rate;
        }
      };
    }
  }

  private static Update adadelta(OptimizerSpec.Adadelta adadelta, float rate) {
    float rho = adadelta.rho().floatValue();
    float rest = (float) (1 - adadelta.rho());
    float epsilon = adadelta.epsilon().floatValue();
    return (w, g, s, n) -> {
      float[] a = s[0];
      float[] u = s[1];
      for (int i = 0; i < n; i++) {
        a[i] = a[i] * rho + g[i] * g[i] * rest;
        float d = (float) Math.sqrt(u[i] + epsilon) * g[i] / (float) Math.sqrt(a[i] + epsilon);
        u[i] = u[i] * rho + d * d * rest;
        w[i] -= rate * d;
      }
    };
  }

  /**
   * RMSprop's variants; slots are the squared gradient's mean, then the velocity (with momentum),
   * then the gradient's mean (if centered).
   */
  record RMSprop(float rho, float rest, float momentum, float epsilon) {
    static UpdateRule of(OptimizerSpec.RMSprop spec) {
      var rms =
          new RMSprop(
              spec.rho().floatValue(),
              (float) (1 - spec.rho()),
              spec.momentum().floatValue(),
              spec.epsilon().floatValue());
      if (spec.centered()) {
        return spec.momentum() > 0
            ? (step, rate) -> rms.centeredWithMomentum(rate)
            : (step, rate) -> rms.centered(rate);
      }
      return spec.momentum() > 0
          ? (step, rate) -> rms.withMomentum(rate)
          : (step, rate) -> rms.plain(rate);
    }

    private Update plain(float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        for (int i = 0; i < n; i++) {
          v[i] = v[i] * rho + g[i] * g[i] * rest;
          w[i] -= g[i] / (float) Math.sqrt(v[i] + epsilon) * rate;
        }
      };
    }

    private Update withMomentum(float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        float[] m = s[1];
        for (int i = 0; i < n; i++) {
          v[i] = v[i] * rho + g[i] * g[i] * rest;
          m[i] = m[i] * momentum + g[i] * rate / (float) Math.sqrt(v[i] + epsilon);
          w[i] -= m[i];
        }
      };
    }

    private Update centered(float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        float[] mean = s[1];
        for (int i = 0; i < n; i++) {
          v[i] = v[i] * rho + g[i] * g[i] * rest;
          mean[i] = mean[i] * rho + g[i] * rest;
          w[i] -= g[i] * rate / (float) Math.sqrt(v[i] - mean[i] * mean[i] + epsilon);
        }
      };
    }

    private Update centeredWithMomentum(float rate) {
      return (w, g, s, n) -> {
        float[] v = s[0];
        float[] m = s[1];
        float[] mean = s[2];
        for (int i = 0; i < n; i++) {
          v[i] = v[i] * rho + g[i] * g[i] * rest;
          mean[i] = mean[i] * rho + g[i] * rest;
          float root = (float) Math.sqrt(v[i] - mean[i] * mean[i] + epsilon);
          m[i] = m[i] * momentum + g[i] * rate / root;
          w[i] -= m[i];
        }
      };
    }
  }

  /**
   * Adam, with AMSGrad's maximum in a third slot if configured. Bit-identical to ND4J's native
   * operation, which fuses the sums and which this rule replaces.
   */
  record Adam(double beta1, double beta2, double epsilon, boolean amsgrad) implements UpdateRule {
    @Override
    public Update at(long step, float rate) {
      float b1 = (float) beta1;
      float b2 = (float) beta2;
      float root = (float) Math.sqrt((float) (1.0 - power(b2, step + 1)));
      float corrected = (float) (rate * root / (1.0 - power(b1, step + 1)));
      return amsgrad
          ? amsgrad(b1, b2, (float) epsilon, corrected)
          : plain(b1, b2, (float) epsilon, corrected);
    }

    private static Update plain(float b1, float b2, float epsilon, float rate) {
      return (w, g, s, n) -> {
        float[] m = s[0];
        float[] v = s[1];
        for (int i = 0; i < n; i++) {
          m[i] = Math.fma(b1, m[i], g[i] * (1 - b1));
          v[i] = Math.fma(b2, v[i], g[i] * g[i] * (1 - b2));
          w[i] -= m[i] * rate / ((float) Math.sqrt(v[i]) + epsilon);
        }
      };
    }

    private static Update amsgrad(float b1, float b2, float epsilon, float rate) {
      return (w, g, s, n) -> {
        float[] m = s[0];
        float[] v = s[1];
        float[] most = s[2];
        for (int i = 0; i < n; i++) {
          m[i] = Math.fma(b1, m[i], g[i] * (1 - b1));
          v[i] = Math.fma(b2, v[i], g[i] * g[i] * (1 - b2));
          most[i] = Math.max(most[i], v[i]);
          w[i] -= m[i] * rate / ((float) Math.sqrt(most[i]) + epsilon);
        }
      };
    }
  }

  private static Update adamax(OptimizerSpec.Adamax adamax, long step, float rate) {
    float b1 = adamax.beta1().floatValue();
    float b2 = adamax.beta2().floatValue();
    float epsilon = adamax.epsilon().floatValue();
    float correction = 1 - power(b1, step + 1);
    return (w, g, s, n) -> {
      float[] m = s[0];
      float[] u = s[1];
      for (int i = 0; i < n; i++) {
        m[i] = b1 * m[i] + g[i] * (1 - b1);
        u[i] = Math.max(b2 * u[i], Math.abs(g[i]));
        w[i] -= rate * m[i] / (correction * (u[i] + epsilon));
      }
    };
  }

  /** Nadam; the product of its momentum's decays depends on the step alone. */
  final class Nadam implements UpdateRule {
    private final float b1;
    private final float b2;
    private final float epsilon;
    private long steps;
    private double product = 1;

    Nadam(OptimizerSpec.Nadam nadam) {
      b1 = nadam.beta1().floatValue();
      b2 = nadam.beta2().floatValue();
      epsilon = nadam.epsilon().floatValue();
    }

    @Override
    public Update at(long step, float rate) {
      double product = product(step + 1);
      float next = (float) decay(step + 2);
      float now = (float) decay(step + 1);
      float ofMean = next / (float) (1 - product * next);
      float ofGradient = (1 - now) / (float) (1 - product);
      float correction = 1 - power(b2, step + 1);
      return (w, g, s, n) -> {
        float[] m = s[0];
        float[] v = s[1];
        for (int i = 0; i < n; i++) {
          m[i] = b1 * m[i] + g[i] * (1 - b1);
          v[i] = b2 * v[i] + g[i] * g[i] * (1 - b2);
          float mean = ofMean * m[i] + ofGradient * g[i];
          w[i] -= mean * rate / ((float) Math.sqrt(v[i] / correction) + epsilon);
        }
      };
    }

    private double decay(long t) {
      return b1 * (1 - 0.5 * Math.pow(0.96, t));
    }

    /** Multiplied in the order of the steps, so that a resumed run gets the same product. */
    private double product(long t) {
      if (t < steps) {
        steps = 0;
        product = 1;
      }
      while (steps < t && product > 0) {
        product *= decay(++steps);
      }
      steps = t;
      return product;
    }
  }

  /** Ftrl; slots are the sum of squares and the linear term. */
  record Ftrl(OptimizerSpec.Ftrl ftrl) implements UpdateRule {
    @Override
    public float initial(int slot) {
      return slot == 0 ? ftrl.initialAccumulatorValue().floatValue() : 0;
    }

    @Override
    public Update at(long step, float rate) {
      double power = -ftrl.learningRatePower();
      float l1 = ftrl.l1RegularizationStrength().floatValue();
      float l2 = (float) (2 * (ftrl.l2RegularizationStrength() + ftrl.beta() / (2.0 * rate)));
      float shrinkage = (float) (2 * ftrl.l2ShrinkageRegularizationStrength());
      return (w, g, s, n) -> {
        float[] a = s[0];
        float[] z = s[1];
        for (int i = 0; i < n; i++) {
          float before = (float) Math.pow(a[i], power);
          a[i] += g[i] * g[i];
          float after = (float) Math.pow(a[i], power);
          z[i] += g[i] + shrinkage * w[i] - (after - before) / rate * w[i];
          w[i] = (Math.max(-l1, Math.min(l1, z[i])) - z[i]) / (after / rate + l2);
        }
      };
    }
  }

  private static Update lion(OptimizerSpec.Lion lion, float rate) {
    float b1 = lion.beta1().floatValue();
    float b2 = lion.beta2().floatValue();
    return (w, g, s, n) -> {
      float[] m = s[0];
      for (int i = 0; i < n; i++) {
        w[i] -= rate * Math.signum(m[i] * b1 + g[i] * (1 - b1));
        m[i] = m[i] * b2 + g[i] * (1 - b2);
      }
    };
  }

  private static float power(float base, long exponent) {
    return (float) Math.pow(base, exponent);
  }
}
