package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers that join the outputs of several layers, which a layer's {@code inputs} name.
 *
 * @see <a href="https://keras.io/api/layers/merging_layers/">Keras' layers of this family</a>
 */
public sealed interface MergingSpec extends LayerSpec {
  /** The most inputs that a layer may join. */
  int MAX_INPUTS = 64;

  /**
   * The shape of a sample's output, by Keras' rules.
   *
   * @param inputs the shapes of a sample, in the order of the inputs
   * @throws InvalidMessageException naming the layer's field, where they do not fit
   */
  List<Integer> joined(List<List<Integer>> inputs);

  /** Whether the layer takes exactly two inputs. */
  default boolean isOfTwo() {
    return false;
  }

  @Override
  default List<Integer> outputShape(List<Integer> input) {
    return joined(List.of(input));
  }

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /**
   * Layers that compute element by element. Inputs have the same shape; axes of size 1 are
   * broadcast, as in NumPy.
   */
  sealed interface Elementwise extends MergingSpec {
    @Override
    default List<Integer> joined(List<List<Integer>> inputs) {
      List<Integer> shape = inputs.get(0);
      for (List<Integer> other : inputs) {
        shape = broadcast(shape, other);
      }
      return shape;
    }

    private List<Integer> broadcast(List<Integer> a, List<Integer> b) {
      var shape = new ArrayList<Integer>();
      for (int i = 0; i < a.size() && a.size() == b.size(); i++) {
        if (!a.get(i).equals(b.get(i)) && a.get(i) != 1 && b.get(i) != 1) {
          break;
        }
        shape.add(Math.max(a.get(i), b.get(i)));
      }
      if (shape.size() != Math.max(a.size(), b.size())) {
        throw new InvalidMessageException(
            "inputs",
            "have the shapes "
                + a
                + " and "
                + b
                + "; "
                + type()
                + " takes equal shapes, or shapes with 1 in place of a size");
      }
      return List.copyOf(shape);
    }
  }

  /** The sum. */
  @JsonTypeName("Add")
  record Add(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Add.class);

    public Add {
      RULES.check("name", name);
    }
  }

  /** The first minus the second. */
  @JsonTypeName("Subtract")
  record Subtract(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Subtract.class);

    public Subtract {
      RULES.check("name", name);
    }

    @Override
    public boolean isOfTwo() {
      return true;
    }
  }

  /** The product. */
  @JsonTypeName("Multiply")
  record Multiply(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Multiply.class);

    public Multiply {
      RULES.check("name", name);
    }
  }

  /** The mean. */
  @JsonTypeName("Average")
  record Average(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Average.class);

    public Average {
      RULES.check("name", name);
    }
  }

  /** The maximum. */
  @JsonTypeName("Maximum")
  record Maximum(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Maximum.class);

    public Maximum {
      RULES.check("name", name);
    }
  }

  /** The minimum. */
  @JsonTypeName("Minimum")
  record Minimum(String name) implements Elementwise {
    private static final FieldRules RULES = FieldRules.of(Minimum.class);

    public Minimum {
      RULES.check("name", name);
    }
  }

  /** Concatenated. The inputs have the same shape except for one axis. */
  @JsonTypeName("Concatenate")
  record Concatenate(
      String name,
      @Describe(
              "Axis that is joined: the batch axis is 0, the last axis is -1; not the batch axis.")
          @Range(min = -3, max = 3)
          @Default("-1")
          Integer axis)
      implements MergingSpec {
    private static final FieldRules RULES = FieldRules.of(Concatenate.class);

    public Concatenate {
      RULES.check("name", name);
      axis = RULES.check("axis", axis);
    }

    /** The axis of a sample, from 0. */
    public int axisOf(List<Integer> shape) {
      return axis < 0 ? shape.size() + axis : axis - 1;
    }

    @Override
    public List<Integer> joined(List<List<Integer>> inputs) {
      List<Integer> first = inputs.get(0);
      int along = axisOf(first);
      if (along < 0 || along >= first.size()) {
        throw new InvalidMessageException(
            "axis", axis + " is not an axis of the shape " + first + "; give 1.." + first.size());
      }
      long size = 0;
      for (List<Integer> shape : inputs) {
        if (shape.size() != first.size() || !without(shape, along).equals(without(first, along))) {
          throw new InvalidMessageException(
              "inputs",
              "have the shapes "
                  + first
                  + " and "
                  + shape
                  + "; except along axis "
                  + axis
                  + ", all sizes must be equal");
        }
        size += shape.get(along);
      }
      var joined = new ArrayList<>(first);
      joined.set(along, (int) Math.min(size, MAX_VALUES + 1L));
      return List.copyOf(joined);
    }

    private static List<Integer> without(List<Integer> shape, int axis) {
      var rest = new ArrayList<>(shape);
      rest.remove(axis);
      return rest;
    }
  }

  /**
   * The dot products of two inputs along an axis of each: one number for flat inputs, a matrix for
   * series.
   */
  @JsonTypeName("Dot")
  record Dot(
      String name,
      @Describe(
              "Axes of the first and of the second input, or one number for both: the batch axis"
                  + " is 0, the last axis is -1.")
          @Range(min = -2, max = 2)
          @Required
          IntPair axes,
      @Describe("Only false is supported; a UnitNormalization before it scales inputs to length 1.")
          @Default("false")
          Boolean normalize)
      implements MergingSpec {
    private static final FieldRules RULES = FieldRules.of(Dot.class);

    public Dot {
      RULES.check("name", name);
      axes = RULES.check("axes", axes);
      normalize = RULES.check("normalize", normalize);
      if (normalize) {
        throw new InvalidMessageException(
            "normalize",
            "true is not supported; give false, and put a UnitNormalization before each input");
      }
    }

    @Override
    public boolean isOfTwo() {
      return true;
    }

    /** The axis of a sample of the first input, from 0. */
    public int first(List<Integer> shape) {
      return axis(0, axes.rows(), shape);
    }

    /** The axis of a sample of the second input, from 0. */
    public int second(List<Integer> shape) {
      return axis(1, axes.columns(), shape);
    }

    private static int axis(int input, int axis, List<Integer> shape) {
      int index = axis < 0 ? shape.size() + axis : axis - 1;
      if (index < 0 || index >= shape.size()) {
        throw new InvalidMessageException(
            "axes[" + input + "]",
            axis + " is not an axis of the shape " + shape + "; give 1.." + shape.size());
      }
      return index;
    }

    @Override
    public List<Integer> joined(List<List<Integer>> inputs) {
      List<Integer> a = inputs.get(0);
      List<Integer> b = inputs.get(inputs.size() - 1);
      if (a.size() > 2 || b.size() > 2) {
        throw Shapes.wrongRank("Dot takes flat values or series", a.size() > 2 ? a : b);
      }
      int i = first(a);
      int j = second(b);
      if (!a.get(i).equals(b.get(j))) {
        throw new InvalidMessageException(
            "axes",
            "have the sizes "
                + a.get(i)
                + " and "
                + b.get(j)
                + " in inputs of the shapes "
                + a
                + " and "
                + b
                + "; give axes of equal sizes");
      }
      var shape = new ArrayList<Integer>();
      for (int n = 0; n < a.size(); n++) {
        if (n != i) {
          shape.add(a.get(n));
        }
      }
      for (int n = 0; n < b.size(); n++) {
        if (n != j) {
          shape.add(b.get(n));
        }
      }
      return shape.isEmpty() ? List.of(1) : List.copyOf(shape);
    }
  }
}
