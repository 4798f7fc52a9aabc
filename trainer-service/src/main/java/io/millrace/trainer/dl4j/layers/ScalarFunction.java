package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Activation;

/** An activation of single numbers whose derivative follows from its value. */
enum ScalarFunction {
  LINEAR {
    @Override
    float slope(float y) {
      return 1;
    }
  },
  RELU {
    @Override
    float slope(float y) {
      return y > 0 ? 1 : 0;
    }
  },
  SIGMOID {
    @Override
    float slope(float y) {
      return y * (1 - y);
    }
  },
  TANH {
    @Override
    float slope(float y) {
      return 1 - y * y;
    }
  },
  HARD_SIGMOID {
    @Override
    float slope(float y) {
      return y > 0 && y < 1 ? 1 / 6f : 0;
    }
  },
  HARD_SIGMOID_KERAS2 {
    @Override
    float slope(float y) {
      return y > 0 && y < 1 ? 0.2f : 0;
    }
  },
  ELU {
    @Override
    float slope(float y) {
      return y > 0 ? 1 : y + 1;
    }
  },
  SELU {
    @Override
    float slope(float y) {
      return (float) (y > 0 ? Curve.SELU_SCALE : y + Curve.SELU_SCALE * Curve.SELU_ALPHA);
    }
  },
  SOFTPLUS {
    @Override
    float slope(float y) {
      return (float) -Math.expm1(-y);
    }
  },
  SOFTSIGN {
    @Override
    float slope(float y) {
      float rest = 1 - Math.abs(y);
      return rest * rest;
    }
  },
  LEAKY_RELU {
    @Override
    float slope(float y) {
      return y > 0 ? 1 : 0.2f;
    }
  },
  RELU6 {
    @Override
    float slope(float y) {
      return y > 0 && y < 6 ? 1 : 0;
    }
  },
  EXPONENTIAL {
    @Override
    float slope(float y) {
      return y;
    }
  },
  CELU {
    @Override
    float slope(float y) {
      return ELU.slope(y);
    }
  },
  HARD_TANH {
    @Override
    float slope(float y) {
      return y > -1 && y < 1 ? 1 : 0;
    }
  };

  private final Curve curve = Curve.of(Activation.valueOf(name()));

  /** The function's value. */
  float value(float x) {
    return (float) curve.value(x);
  }

  /** The derivative at the value {@code y}. */
  abstract float slope(float y);

  /** Replaces {@code count} numbers by their values. */
  void apply(float[] values, int start, int count) {
    switch (this) {
      case SIGMOID -> RationalTanh.sigmoid(values, start, start + count);
      case TANH -> RationalTanh.tanh(values, start, start + count);
      default -> {
        for (int i = start; i < start + count; i++) {
          values[i] = value(values[i]);
        }
      }
    }
  }

  /**
   * @throws IllegalArgumentException for activations whose derivative does not follow from their
   *     value, such as swish, and for softmax, which is not a function of single numbers
   */
  static ScalarFunction of(Activation activation) {
    return valueOf(activation.name());
  }
}
