package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.MergeMode;
import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A series read in both directions (Schuster and Paliwal 1997). The backward direction's sequences
 * are reversed before the two are merged.
 */
final class BidirectionalStage implements Stage {
  private final Stage forward;
  private final Stage backward;
  private final MergeMode mode;

  /** Whether the backward output must be reversed. */
  private final boolean sequences;

  private float[] there;
  private float[] back;

  BidirectionalStage(Stage forward, Stage backward, MergeMode mode, boolean sequences) {
    this.forward = forward;
    this.backward = backward;
    this.mode = mode;
    this.sequences = sequences;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    INDArray one = forward.forward(input, pass);
    INDArray two = backward.forward(input, pass);
    there = Floats.read(one);
    back = Floats.read(sequences ? ReversalStage.reversed(two) : two);
    int units = (int) one.size(one.rank() - 1);
    long[] shape = one.shape().clone();
    if (mode == MergeMode.CONCAT) {
      shape[shape.length - 1] = 2L * units;
      return Floats.array(concatenated(there, back, units), shape);
    }
    float[] merged = new float[there.length];
    for (int i = 0; i < merged.length; i++) {
      merged[i] =
          mode == MergeMode.MUL
              ? there[i] * back[i]
              : (there[i] + back[i]) * (mode == MergeMode.AVE ? 0.5f : 1);
    }
    return Floats.array(merged, shape);
  }

  private static float[] concatenated(float[] one, float[] two, int units) {
    float[] merged = new float[2 * one.length];
    for (int row = 0; row < one.length / units; row++) {
      System.arraycopy(one, row * units, merged, 2 * row * units, units);
      System.arraycopy(two, row * units, merged, (2 * row + 1) * units, units);
    }
    return merged;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    float[] one = new float[there.length];
    float[] two = new float[there.length];
    long[] shape = epsilon.shape().clone();
    if (mode == MergeMode.CONCAT) {
      int units = (int) shape[shape.length - 1] / 2;
      shape[shape.length - 1] = units;
      for (int row = 0; row < one.length / units; row++) {
        System.arraycopy(errors, 2 * row * units, one, row * units, units);
        System.arraycopy(errors, (2 * row + 1) * units, two, row * units, units);
      }
    } else {
      for (int i = 0; i < one.length; i++) {
        float share = mode == MergeMode.AVE ? errors[i] / 2 : errors[i];
        one[i] = mode == MergeMode.MUL ? share * back[i] : share;
        two[i] = mode == MergeMode.MUL ? share * there[i] : share;
      }
    }
    INDArray second = Floats.array(two, shape);
    INDArray fromBack = backward.backward(sequences ? ReversalStage.reversed(second) : second);
    INDArray fromThere = forward.backward(Floats.array(one, shape));
    return fromThere == null || fromBack == null ? null : fromThere.add(fromBack);
  }

  @Override
  public void clear() {
    forward.clear();
    backward.clear();
    there = null;
    back = null;
  }

  @Override
  public void close() {
    forward.close();
    backward.close();
  }
}
