package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.OptimizerSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A step of an optimizer over all parameters, by Keras 3's formulas; Deeplearning4j's differ in
 * where epsilon stands. The state is a view that Deeplearning4j saves with the network.
 *
 * @see <a href="https://github.com/keras-team/keras/tree/v3.0.0/keras/optimizers">Keras</a>
 */
interface UpdateRule {

  /**
   * @param weights are changed in place
   * @param gradient may be overwritten
   * @param step counts from 0
   */
  void apply(INDArray weights, INDArray gradient, long step);

  /**
   * @param state of {@code NetworkPlan.stateSlots} numbers a parameter; null where there are none
   */
  static UpdateRule of(OptimizerSpec optimizer, INDArray state) {
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0
          ? (w, g, step) -> w.subi(g.muli(sgd.learningRate()))
          : new Momentum(sgd, state);
    }
    if (optimizer instanceof OptimizerSpec.Adagrad adagrad) {
      return new Adagrad(adagrad, state);
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return new RMSprop(rms, state);
    }
    return new Adam((OptimizerSpec.Adam) optimizer, state);
  }

  /** Gives a fresh network's state its initial values. */
  static void initialize(OptimizerSpec optimizer, INDArray state) {
    if (state != null) {
      state.assign(
          optimizer instanceof OptimizerSpec.Adagrad adagrad
              ? adagrad.initialAccumulatorValue()
              : 0);
    }
  }

  /** {@code v = momentum v - rate g}; {@code w += v}, or {@code w += momentum v - rate g}. */
  record Momentum(OptimizerSpec.SGD sgd, INDArray velocity) implements UpdateRule {
    @Override
    public void apply(INDArray weights, INDArray gradient, long step) {
      gradient.muli(sgd.learningRate());
      velocity.muli(sgd.momentum()).subi(gradient);
      if (sgd.nesterov()) {
        weights.subi(gradient);
        weights.addi(velocity.mul(sgd.momentum()));
      } else {
        weights.addi(velocity);
      }
    }
  }

  /** {@code a += g²}; {@code w -= rate g / sqrt(a + epsilon)}. */
  record Adagrad(OptimizerSpec.Adagrad adagrad, INDArray accumulator) implements UpdateRule {
    @Override
    public void apply(INDArray weights, INDArray gradient, long step) {
      accumulator.addi(gradient.mul(gradient));
      INDArray root = Transforms.sqrt(accumulator.add(adagrad.epsilon()), false);
      weights.subi(gradient.divi(root).muli(adagrad.learningRate()));
    }
  }

  /** {@code v = rho v + (1 - rho) g²}; {@code w -= rate g / sqrt(v + epsilon)}. */
  record RMSprop(OptimizerSpec.RMSprop rms, INDArray velocity) implements UpdateRule {
    @Override
    public void apply(INDArray weights, INDArray gradient, long step) {
      velocity.muli(rms.rho()).addi(gradient.mul(gradient).muli(1 - rms.rho()));
      INDArray root = Transforms.sqrt(velocity.add(rms.epsilon()), false);
      weights.subi(gradient.divi(root).muli(rms.learningRate()));
    }
  }

  /**
   * {@code m = b1 m + (1 - b1) g}; {@code v = b2 v + (1 - b2) g²}; {@code w -= rate sqrt(1 - b2^t)
   * / (1 - b1^t) m / (sqrt(v) + epsilon)} with {@code t = step + 1}.
   */
  final class Adam implements UpdateRule {
    private final OptimizerSpec.Adam adam;
    private final INDArray m;
    private final INDArray v;

    Adam(OptimizerSpec.Adam adam, INDArray state) {
      this.adam = adam;
      long half = state.length() / 2;
      this.m = state.get(NDArrayIndex.interval(0, half));
      this.v = state.get(NDArrayIndex.interval(half, 2 * half));
    }

    @Override
    public void apply(INDArray weights, INDArray gradient, long step) {
      // The native operation is this very formula; it writes the update over the gradient.
      Nd4j.exec(
          new org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater(
              gradient,
              v,
              m,
              adam.learningRate(),
              adam.beta1(),
              adam.beta2(),
              adam.epsilon(),
              Math.toIntExact(step)));
      weights.subi(gradient);
    }
  }
}
