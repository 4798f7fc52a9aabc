package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.Activation;

/** An activation of single numbers whose derivative follows from its own value. */
enum ScalarFunction {
  LINEAR {
    @Override
    float value(float x) {
      return x;
    }

    @Override
    float slope(float y) {
      return 1;
    }
  },
  RELU {
    @Override
    float value(float x) {
      return Math.max(x, 0);
    }

    @Override
    float slope(float y) {
      return y > 0 ? 1 : 0;
    }
  },
  SIGMOID {
    @Override
    float value(float x) {
      return (float) (1 / (1 + Math.exp(-x)));
    }

    @Override
    float slope(float y) {
      return y * (1 - y);
    }
  },
  TANH {
    @Override
    float value(float x) {
      return (float) (2 / (1 + Math.exp(-2.0 * x)) - 1);
    }

    @Override
    float slope(float y) {
      return 1 - y * y;
    }
  },
  HARD_SIGMOID {
    @Override
    float value(float x) {
      return Math.max(0, Math.min(1, x / 6 + 0.5f));
    }

    @Override
    float slope(float y) {
      return y > 0 && y < 1 ? 1 / 6f : 0;
    }
  },
  ELU {
    @Override
    float value(float x) {
      return x > 0 ? x : (float) Math.expm1(x);
    }

    @Override
    float slope(float y) {
      return y > 0 ? 1 : y + 1;
    }
  },
  SELU {
    @Override
    float value(float x) {
      return (float) (SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)));
    }

    @Override
    float slope(float y) {
      return (float) (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA);
    }
  },
  SOFTPLUS {
    @Override
    float value(float x) {
      return (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    }

    @Override
    float slope(float y) {
      return (float) -Math.expm1(-y);
    }
  },
  SOFTSIGN {
    @Override
    float value(float x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    float slope(float y) {
      float rest = 1 - Math.abs(y);
      return rest * rest;
    }
  },
  LEAKY_RELU {
    @Override
    float value(float x) {
      return x > 0 ? x : 0.2f * x;
    }

    @Override
    float slope(float y) {
      return y > 0 ? 1 : 0.2f;
    }
  },
  RELU6 {
    @Override
    float value(float x) {
      return Math.max(0, Math.min(6, x));
    }

    @Override
    float slope(float y) {
      return y > 0 && y < 6 ? 1 : 0;
    }
  },
  EXPONENTIAL {
    @Override
    float value(float x) {
      return (float) Math.exp(x);
    }

    @Override
    float slope(float y) {
      return y;
    }
  },
  CELU {
    @Override
    float value(float x) {
      return ELU.value(x);
    }

    @Override
    float slope(float y) {
      return ELU.slope(y);
    }
  },
  HARD_TANH {
    @Override
    float value(float x) {
      return Math.max(-1, Math.min(1, x));
    }

    @Override
    float slope(float y) {
      return y > -1 && y < 1 ? 1 : 0;
    }
  };

  /** Klambauer et al. 2017, section 2. */
  private static final double SELU_SCALE = 1.0507009873554805;

  private static final double SELU_ALPHA = 1.6732632423543772;

  /** The function's value. */
  abstract float value(float x);

  /** The derivative where the value is {@code y}. */
  abstract float slope(float y);

  /** Replaces {@code count} values. */
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
   * @throws IllegalArgumentException for those whose slope does not follow from their value, such
   *     as swish, and for softmax, which is not of single numbers
   */
  static ScalarFunction of(Activation activation) {
    return valueOf(activation.name());
  }
}
