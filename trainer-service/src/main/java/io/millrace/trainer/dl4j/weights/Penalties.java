package io.millrace.trainer.dl4j.weights;

import io.millrace.contracts.request.Regularizer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The regularizers' part of the loss, {@code l1 sum|w| + l2 sum w²}, and of the gradients. */
public final class Penalties {

  private record Penalty(Regularizer regularizer, INDArray weights, INDArray gradient) {
    public double value() {
      double value = 0;
      if (regularizer.l1() > 0) {
        value += regularizer.l1() * weights.norm1Number().doubleValue();
      }
      if (regularizer.l2() > 0) {
        double norm = weights.norm2Number().doubleValue();
        value += regularizer.l2() * norm * norm;
      }
      return value;
    }

    void addGradient() {
      if (regularizer.l1() > 0) {
        gradient.addi(Transforms.sign(weights, true).muli(regularizer.l1()));
      }
      if (regularizer.l2() > 0) {
        gradient.addi(weights.mul(2 * regularizer.l2()));
      }
    }
  }

  private final List<Penalty> penalties = new ArrayList<>();

  /**
   * @param parameters all of a network's parameters, as a vector
   * @param gradient their gradient, likewise
   */
  public Penalties(List<WeightSlot> slots, INDArray parameters, INDArray gradient) {
    for (WeightSlot slot : slots) {
      Regularizer regularizer = slot.variable().weight().regularizer();
      if (regularizer != null) {
        penalties.add(new Penalty(regularizer, slot.view(parameters), slot.view(gradient)));
      }
    }
  }

  /** The regularizers' part of the loss. */
  public double value() {
    return penalties.stream().mapToDouble(Penalty::value).sum();
  }

  /** Adds the regularizers' part to the gradients. */
  public void addGradients() {
    penalties.forEach(Penalty::addGradient);
  }
}
