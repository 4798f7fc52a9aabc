package io.millrace.trainer.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import java.util.List;

/** What memory the training of a network takes here, estimated. */
public record TrainingMemory(NetworkPlan plan) {
  /** Arrays of {@code [time, batch, units]} that a recurrent layer keeps on the heap. */
  private static final long RECURRENT_ARRAYS = 6;

  /**
   * Bytes that training takes beside the JVM's heap, estimated: parameters, gradients, optimizer
   * state, the parameters once more for a run that goes on from a checkpoint; for every sample of a
   * batch its input, and for each layer the output, its gradient and one working copy, an LSTM's
   * four gates and cell states among them, one more of an activation and two of one that is a step
   * of its own; all in single precision.
   *
   * @param optimizer whose state counts
   * @param batchSize samples of a step
   */
  public long nativeBytes(OptimizerSpec optimizer, int batchSize) {
    long perSample = values(plan.inputShape());
    for (int i = 0; i < plan.layers().size(); i++) {
      perSample += LayerExecution.flattensFreely(plan, i) ? 0 : activations(plan.layers().get(i));
    }
    long perNetwork = plan.parameters() + plan.nonTrainableParameters();
    long slots = 2 + stateSlots(optimizer) + 1;
    return Float.BYTES * (perNetwork * slots + perSample * batchSize);
  }

  /**
   * Bytes that training takes of the JVM's heap beside its batches, estimated: the initial weights,
   * a batch's input as numbers, a recurrent layer's gates, cells and (for its orthogonal weights) a
   * square matrix, the places of a max pooling's maxima, and of layers that work on plain arrays a
   * copy of their input, their output and the gradients of both.
   */
  public long heapBytes(int batchSize) {
    long bytes = Float.BYTES * (plan.parameters() + values(plan.inputShape()) * batchSize);
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
        bytes += Float.BYTES * batchSize * (gates + copies);
        bytes += Double.BYTES * 4L * units * units;
      }
    }
    return bytes;
  }

  /**
   * Refuses a network whose training would take more memory than there is.
   *
   * @param memory bytes beside the heap that it may take
   * @param heap bytes of the heap that it may take
   * @throws InvalidMessageException naming {@code model}
   */
  public void refuseAbove(long memory, long heap, OptimizerSpec optimizer, int batchSize) {
    refuse(nativeBytes(optimizer, batchSize), memory, "memory", batchSize);
    refuse(heapBytes(batchSize), heap, "the trainer's heap", batchSize);
  }

  private static void refuse(long bytes, long limit, String what, int batchSize) {
    if (bytes > limit) {
      throw new InvalidMessageException(
          "model",
          "needs about "
              + megabytes(bytes)
              + " MB of "
              + what
              + " to train with batches of "
              + batchSize
              + ", and at most "
              + megabytes(limit)
              + " MB are allowed; give a smaller network or a smaller batch_size");
    }
  }

  /** Numbers of state that an optimizer keeps for each parameter. */
  public static int stateSlots(OptimizerSpec optimizer) {
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0 ? 0 : 1;
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return 1 + (rms.momentum() > 0 ? 1 : 0) + (rms.centered() ? 1 : 0);
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    if (optimizer instanceof OptimizerSpec.AdamW adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    return optimizer instanceof OptimizerSpec.Adagrad || optimizer instanceof OptimizerSpec.Lion
        ? 1
        : 2;
  }

  private static long copies(NetworkPlan.Layer layer) {
    long outputs = values(layer.outputShape());
    long between =
        layer.spec() instanceof ConvolutionSpec.SeparableConv2D conv
            ? outputs / conv.filters() * layer.inputShape().get(2) * conv.depthMultiplier()
            : 0;
    return 2 * (values(layer.inputShape()) + outputs + between);
  }

  /** Units of a recurrent layer, of both directions together; 0 of another one. */
  private static long recurrentUnits(LayerSpec spec) {
    if (spec instanceof RecurrentSpec.LSTM lstm) {
      return lstm.units();
    }
    if (spec instanceof RecurrentSpec.GRU gru) {
      return gru.units();
    }
    if (spec instanceof RecurrentSpec.SimpleRNN rnn) {
      return rnn.units();
    }
    return spec instanceof RecurrentSpec.Bidirectional both ? 2 * recurrentUnits(both.layer()) : 0;
  }

  private static long activations(NetworkPlan.Layer layer) {
    long units = recurrentUnits(layer.spec());
    if (units > 0) {
      return layer.inputShape().get(0) * (14 * units + 2L * layer.inputShape().get(1));
    }
    long between = layer.spec() instanceof ConvolutionSpec.SeparableConv2D ? copies(layer) : 0;
    long rows = isDenseOfSeries(layer) ? 2 * values(layer.inputShape()) : 0;
    long copies =
        3 + (LayerExecution.activatesApart(layer) ? 2 : LayerExecution.activates(layer) ? 1 : 0);
    return copies * values(layer.outputShape()) + between + rows;
  }

  /** A Dense layer at every time, whose input and its gradient are put in order. */
  private static boolean isDenseOfSeries(NetworkPlan.Layer layer) {
    return layer.inputShape().size() == 2
        && (layer.spec() instanceof CoreSpec.Dense
            || layer.spec() instanceof RecurrentSpec.TimeDistributed);
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
