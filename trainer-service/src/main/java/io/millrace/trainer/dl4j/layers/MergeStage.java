package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.MergingSpec;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A layer with several inputs, on arrays as in {@link Stage}. */
public final class MergeStage {
  private final MergingSpec spec;
  private final NetworkPart part;

  /** The inputs of the last forward pass, if the gradient depends on them. */
  private List<INDArray> inputs = List.of();

  public MergeStage(NetworkPart part) {
    this.spec = (MergingSpec) part.spec();
    this.part = part;
  }

  /** The output, in a new array. */
  public INDArray forward(List<INDArray> values) {
    inputs = values;
    if (spec instanceof MergingSpec.Concatenate concatenate) {
      return Nd4j.concat(axis(concatenate), values.toArray(INDArray[]::new));
    }
    if (spec instanceof MergingSpec.Dot dot) {
      return new DotProduct(dot, part).forward(values.get(0), values.get(1));
    }
    long batch = values.get(0).size(values.get(0).rank() == 3 ? 1 : 0);
    long[] shape = Places.shape(batch, part.output());
    INDArray result = whole(values.get(0), shape).dup('c');
    for (INDArray value : values.subList(1, values.size())) {
      INDArray next = whole(value, shape);
      if (spec instanceof MergingSpec.Subtract) {
        result.subi(next);
      } else if (spec instanceof MergingSpec.Multiply) {
        result.muli(next);
      } else if (spec instanceof MergingSpec.Maximum) {
        result = Transforms.max(result, next, true);
      } else if (spec instanceof MergingSpec.Minimum) {
        result = Transforms.min(result, next, true);
      } else {
        result.addi(next);
      }
    }
    return spec instanceof MergingSpec.Average ? result.divi(values.size()) : result;
  }

  /**
   * The gradients with respect to the inputs, each in a new array.
   *
   * @param epsilon the loss's gradient with respect to the output of the last forward pass
   */
  public List<INDArray> backward(INDArray epsilon) {
    if (spec instanceof MergingSpec.Concatenate concatenate) {
      return parts(epsilon, axis(concatenate));
    }
    if (spec instanceof MergingSpec.Dot dot) {
      return new DotProduct(dot, part).backward(inputs.get(0), inputs.get(1), epsilon);
    }
    List<INDArray> gradients = gradients(epsilon);
    return IntStream.range(0, inputs.size())
        .mapToObj(i -> reduced(gradients.get(i), inputs.get(i).shape()))
        .toList();
  }

  private List<INDArray> gradients(INDArray epsilon) {
    long[] shape = epsilon.shape();
    int count = inputs.size();
    if (spec instanceof MergingSpec.Multiply) {
      return IntStream.range(0, count)
          .mapToObj(
              i -> {
                INDArray product = epsilon.dup('c');
                for (int other = 0; other < count; other++) {
                  if (other != i) {
                    product.muli(whole(inputs.get(other), shape));
                  }
                }
                return product;
              })
          .toList();
    }
    if (spec instanceof MergingSpec.Maximum || spec instanceof MergingSpec.Minimum) {
      return ofExtremes(epsilon);
    }
    var gradients = new ArrayList<INDArray>();
    for (int i = 0; i < count; i++) {
      INDArray gradient = epsilon.dup('c');
      if (spec instanceof MergingSpec.Average) {
        gradient.divi(count);
      } else if (spec instanceof MergingSpec.Subtract && i == 1) {
        gradient.negi();
      }
      gradients.add(gradient);
    }
    return gradients;
  }

  /** Inputs are compared one after the other, as in Keras; if two are equal, each gets half. */
  private List<INDArray> ofExtremes(INDArray epsilon) {
    boolean greatest = spec instanceof MergingSpec.Maximum;
    List<INDArray> values = inputs.stream().map(v -> whole(v, epsilon.shape())).toList();
    var extremes = new ArrayList<>(List.of(values.get(0)));
    for (int i = 1; i < values.size(); i++) {
      INDArray before = extremes.get(i - 1);
      extremes.add(
          greatest
              ? Transforms.max(before, values.get(i), true)
              : Transforms.min(before, values.get(i), true));
    }
    var gradients = new ArrayList<INDArray>();
    INDArray rest = epsilon.dup('c');
    for (int i = values.size() - 1; i > 0; i--) {
      INDArray before = extremes.get(i - 1);
      INDArray value = values.get(i);
      INDArray share = (greatest ? value.gt(before) : value.lt(before)).castTo(DataType.FLOAT);
      share.addi(value.eq(before).castTo(DataType.FLOAT).muli(0.5));
      gradients.add(rest.mul(share));
      rest = rest.mul(share.rsubi(1));
    }
    gradients.add(rest);
    Collections.reverse(gradients);
    return gradients;
  }

  private List<INDArray> parts(INDArray epsilon, int axis) {
    var parts = new ArrayList<INDArray>();
    long start = 0;
    for (INDArray input : inputs) {
      INDArrayIndex[] place = NDArrayIndex.allFor(epsilon);
      place[axis] = NDArrayIndex.interval(start, start + input.size(axis));
      parts.add(epsilon.get(place).dup('c').reshape('c', input.shape()));
      start += input.size(axis);
    }
    return parts;
  }

  /** The axis of the arrays along which inputs are concatenated. */
  private int axis(MergingSpec.Concatenate concatenate) {
    List<Integer> shape = part.input();
    int axis = concatenate.axisOf(shape);
    return switch (shape.size()) {
      case 1 -> 1;
      case 2 -> axis == 0 ? 0 : 2;
      default -> axis == 2 ? 1 : axis + 2;
    };
  }

  /** An input broadcast to the output's shape. */
  private static INDArray whole(INDArray value, long[] shape) {
    return Arrays.equals(value.shape(), shape) ? value : value.broadcast(shape);
  }

  /** A gradient summed over the axes along which an input was broadcast. */
  private static INDArray reduced(INDArray gradient, long[] shape) {
    long[] whole = gradient.shape();
    int[] spread =
        IntStream.range(0, shape.length).filter(axis -> shape[axis] != whole[axis]).toArray();
    return spread.length == 0 ? gradient : gradient.sum(true, spread).dup('c');
  }

  /** Drops the state of the last pass. */
  public void clear() {
    inputs = List.of();
  }
}
