package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Regularizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The penalty of a layer's output {@code y}, {@code l1 sum|y| + l2 sum y²} for each sample. */
public final class ActivityPenalty {
  private final Regularizer regularizer;

  private INDArray output;
  private long batch;

  public ActivityPenalty(Regularizer regularizer) {
    this.regularizer = regularizer;
  }

  /** Copies an output, because the next layer may overwrite it. */
  public void note(INDArray values) {
    output = values.dup('c');
    batch = values.size(values.rank() == 3 ? 1 : 0);
  }

  /** The penalty's mean over the batch. */
  public double value() {
    double value = 0;
    if (regularizer.l1() > 0) {
      value += regularizer.l1() * output.norm1Number().doubleValue();
    }
    if (regularizer.l2() > 0) {
      double norm = output.norm2Number().doubleValue();
      value += regularizer.l2() * norm * norm;
    }
    return value / batch;
  }

  /** The penalty's gradient with respect to the output, in a new array. */
  public INDArray gradient() {
    INDArray gradient = output.mul(2 * regularizer.l2() / batch);
    if (regularizer.l1() > 0) {
      gradient.addi(Transforms.sign(output, true).muli(regularizer.l1() / batch));
    }
    return gradient;
  }

  public void clear() {
    output = null;
  }
}
