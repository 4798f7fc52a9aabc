package io.millrace.trainer.dl4j;

import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.optimizer.Optimizer;
import io.millrace.trainer.dl4j.parts.LayerExecution;
import java.util.List;

/** The estimated memory for training a network on Deeplearning4j's arrays. */
record MemoryEstimate(NetworkPlan plan) {
  /** Arrays of {@code [time, batch, units]} that a recurrent layer keeps on the heap. */
  private static final long RECURRENT_ARRAYS = 6;

  /** Arrays of {@code [time, time]} that an attention layer keeps on the heap, for one head. */
  private static final long ATTENTION_MATRICES = 2;

  /** The number of gates of an LSTM, the largest of all recurrent layers. */
  private static final long MOST_GATES = 4;

  /**
   * The estimated bytes that training needs beside the JVM's heap, in single precision: parameters,
   * gradients, optimizer state, and the parameters again for a run that resumes from a checkpoint;
   * for every sample of a batch its input, and for each layer the output, its gradient and one
   * working copy. These include an LSTM's four gates and cell states, an attention's projections,
   * another copy for an activation, and two for an activation that is a step of its own. If several
   * layers take an output, all but one need a copy and its gradient.
   *
   * @param optimizer determines the state
   * @param batchSize samples in a step
   */
  long nativeBytes(OptimizerSpec optimizer, int batchSize) {
    long perSample = values(plan.inputShape());
    for (int i = 0; i < plan.layers().size(); i++) {
      perSample += LayerExecution.flattensFreely(plan, i) ? 0 : activations(plan.layers().get(i));
      int copies = Math.max(0, plan.consumers(i).size() - 1);
      copies += plan.layers().get(i).activityRegularizer() == null ? 0 : 1;
      perSample += 2 * copies * values(plan.layers().get(i).outputShape());
    }
    long perNetwork = plan.parameters() + plan.nonTrainableParameters();
    long slots = 2 + Optimizer.slots(optimizer) + 1;
    long attended = plan.layers().stream().mapToLong(MemoryEstimate::attended).sum();
    return Float.BYTES * (perNetwork * slots + perSample * batchSize + attended);
  }

  /**
   * The estimated bytes of the JVM's heap that training needs besides its batches: the initial
   * weights, a batch's input as numbers, a recurrent layer's gates, cells and (for its orthogonal
   * weights) a square matrix, the positions of a max pooling's maxima, the weights of one head of
   * an attention, and for layers that work on plain arrays a copy of their input, their output and
   * the gradients of both.
   */
  long heapBytes(int batchSize) {
    long bytes = Float.BYTES * (plan.parameters() + values(plan.inputShape()) * batchSize);
    List<Integer> masks = LayerMasks.applied(plan.layers());
    for (int i = 0; i < plan.layers().size(); i++) {
      NetworkPlan.Layer layer = plan.layers().get(i);
      LayerSpec spec = layer.spec();
      if (LayerExecution.activatesApart(layer)) {
        bytes += Float.BYTES * 3 * values(layer.outputShape()) * batchSize;
      }
      if (spec instanceof PoolingSpec.MaxPooling2D) {
        bytes += Integer.BYTES * values(layer.outputShape()) * batchSize;
      } else if (!LayerExecution.isNative(spec) && !LayerExecution.flattensFreely(plan, i)) {
        long time = layer.inputShape().get(0);
        long units = recurrentUnits(spec);
        long gates = units == 0 ? 0 : RECURRENT_ARRAYS * time * units;
        long copies = spec instanceof RecurrentSpec.LSTM ? 0 : copies(layer);
        bytes += Float.BYTES * ATTENTION_MATRICES * attended(layer);
        bytes +=
            Float.BYTES * batchSize * (gates + copies + (2 * time + MOST_GATES) * masked(layer));
        bytes += Double.BYTES * 4L * units * units;
        if (units > 0 && masks.get(i) != null) {
          // The time steps that are not masked, one after the other, and their results.
          bytes += Float.BYTES * batchSize * 6 * time * (layer.inputShape().get(1) + units);
        }
      }
    }
    return bytes;
  }

  private static long copies(NetworkPlan.Layer layer) {
    long outputs = values(layer.outputShape());
    long between =
        layer.spec() instanceof ConvolutionSpec.SeparableConv2D conv
            ? outputs / conv.filters() * layer.inputShape().get(2) * conv.depthMultiplier()
            : 0;
    return 2 * (values(layer.inputShape()) + outputs + between);
  }

  /** Units of a recurrent layer, of both directions together; 0 for other layers. */
  private static long recurrentUnits(LayerSpec spec) {
    if (spec instanceof RecurrentSpec.Cell cell) {
      return cell.units();
    }
    return spec instanceof RecurrentSpec.Bidirectional both ? 2L * both.cell().units() : 0;
  }

  /**
   * Values of a sample, at one time step, that a recurrent layer multiplies by masks of its gates.
   * They are copied beside the heap and, with their gradients, on it; the heap also holds the masks
   * of all gates.
   */
  private static long masked(NetworkPlan.Layer layer) {
    boolean both = layer.spec() instanceof RecurrentSpec.Bidirectional;
    LayerSpec inner =
        layer.spec() instanceof RecurrentSpec.Bidirectional two ? two.cell() : layer.spec();
    if (!(inner instanceof RecurrentSpec.Cell cell) || cell.recurrentDropout() == 0) {
      return 0;
    }
    return (both ? 2 : 1) * ((long) layer.inputShape().get(1) + cell.units());
  }

  private static long activations(NetworkPlan.Layer layer) {
    if (layer.spec() instanceof MergingSpec merging) {
      return copies(merging, layer.inputs().size()) * values(layer.outputShape());
    }
    long units = recurrentUnits(layer.spec());
    if (units > 0) {
      return layer.inputShape().get(0)
          * (14 * units + 2L * layer.inputShape().get(1) + masked(layer));
    }
    long between = layer.spec() instanceof ConvolutionSpec.SeparableConv2D ? copies(layer) : 0;
    between += spread(layer) + projections(layer);
    long rows = isDenseOfSeries(layer) ? 2 * values(layer.inputShape()) : 0;
    long copies =
        3 + (LayerExecution.activatesApart(layer) ? 2 : LayerExecution.activates(layer) ? 1 : 0);
    return copies * values(layer.outputShape()) + between + rows;
  }

  /** Arrays of the output's size that a merging layer creates, including the backward pass. */
  private static long copies(MergingSpec merging, int inputs) {
    if (merging instanceof MergingSpec.Concatenate) {
      return 5;
    }
    boolean compares =
        merging instanceof MergingSpec.Maximum || merging instanceof MergingSpec.Minimum;
    return 2 + (compares ? 8L : 3L) * inputs;
  }

  /** The weights of one head of an attention, which exist once, whatever the batch. */
  private static long attended(NetworkPlan.Layer layer) {
    long time = layer.inputShape().get(0);
    return layer.spec() instanceof AttentionSpec ? time * time : 0;
  }

  /** Queries, keys, values and means of all heads, and their gradients. */
  private static long projections(NetworkPlan.Layer layer) {
    return layer.spec() instanceof AttentionSpec.MultiHeadAttention heads
        ? 4L * layer.inputShape().get(0) * heads.numHeads() * (heads.keyDim() + heads.valueDim())
        : 0;
  }

  /**
   * The values that a transposed convolution adds to the positions of its windows, and reads from
   * them.
   */
  private static long spread(NetworkPlan.Layer layer) {
    boolean transposed =
        layer.spec() instanceof ConvolutionSpec.Conv1DTranspose
            || layer.spec() instanceof ConvolutionSpec.Conv2DTranspose;
    if (!transposed) {
      return 0;
    }
    List<Integer> input = layer.inputShape();
    long kernel = layer.spec().weights(input).get(0).count();
    int channels = input.get(input.size() - 1);
    return 2 * (kernel / channels) * (values(input) / channels) + copies(layer);
  }

  /**
   * Whether it is a Dense layer at every time step, which needs its input and gradient in order.
   */
  private static boolean isDenseOfSeries(NetworkPlan.Layer layer) {
    return layer.inputShape().size() == 2
        && (layer.spec() instanceof CoreSpec.Dense
            || layer.spec() instanceof RecurrentSpec.TimeDistributed);
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
