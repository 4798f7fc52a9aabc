package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import java.util.List;

/**
 * Layers that put the same values in another shape or place. They have no weights.
 *
 * @see <a href="https://keras.io/api/layers/reshaping_layers/">Keras' layers of this family</a>
 */
public sealed interface ReshapingSpec extends LayerSpec {

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /** All values of a sample in one row: {@code [batch, …]} to {@code [batch, values]}. */
  @JsonTypeName("Flatten")
  record Flatten(String name) implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(Flatten.class);

    public Flatten {
      RULES.check("name", name);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return List.of(Math.toIntExact(Shapes.values(input)));
    }
  }

  /** Zeros before and after a series. */
  @JsonTypeName("ZeroPadding1D")
  record ZeroPadding1D(
      String name,
      @Describe("Time steps of zeros: [before, after], or one number for both.")
          @Range(min = 0, max = 255)
          @Default("1")
          IntPair padding)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(ZeroPadding1D.class);

    public ZeroPadding1D {
      RULES.check("name", name);
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(input.get(0) + padding.rows() + padding.columns(), input.get(1));
    }
  }

  /** Zeros around the image. */
  @JsonTypeName("ZeroPadding2D")
  record ZeroPadding2D(
      String name,
      @Describe("Pixels of zeros: one number, [rows, columns], or [[top, bottom], [left, right]].")
          @Range(min = 0, max = 255)
          @Default("1")
          Borders padding)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(ZeroPadding2D.class);

    public ZeroPadding2D {
      RULES.check("name", name);
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      IntPair rows = padding.rows();
      IntPair columns = padding.columns();
      return List.of(
          input.get(0) + rows.rows() + rows.columns(),
          input.get(1) + columns.rows() + columns.columns(),
          input.get(2));
    }
  }

  /** The same values, row by row, in another shape. */
  @JsonTypeName("Reshape")
  record Reshape(
      String name,
      @Describe("The new sizes; one may be -1 and is then derived from the others.")
          @Size(min = 1, max = 3)
          @Range(min = -1, max = MAX_VALUES)
          @Required
          List<Integer> targetShape)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(Reshape.class);

    public Reshape {
      RULES.check("name", name);
      targetShape = RULES.check("target_shape", targetShape);
      for (int i = 0; i < targetShape.size(); i++) {
        int size = targetShape.get(i);
        if (size == 0) {
          throw new InvalidMessageException(
              "target_shape[" + i + "]", "0 is not a valid size; give -1 or 1.." + MAX_VALUES);
        }
      }
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return Shapes.reshaped(targetShape, input);
    }
  }

  /** The axes of a sample in another order. */
  @JsonTypeName("Permute")
  record Permute(
      String name,
      @Describe("The axes, counted from 1, in their new order.")
          @Size(min = 1, max = 3)
          @Range(min = 1, max = 3)
          @Required
          List<Integer> dims)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(Permute.class);

    public Permute {
      RULES.check("name", name);
      dims = RULES.check("dims", dims);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (dims.size() != input.size()
          || dims.stream().distinct().count() != dims.size()
          || dims.stream().anyMatch(dim -> dim > input.size())) {
        throw new InvalidMessageException(
            "dims",
            dims + " are not the axes 1.." + input.size() + " of the input's shape " + input);
      }
      return dims.stream().map(dim -> input.get(dim - 1)).toList();
    }
  }

  /** The same values repeated n times: [batch, values] to [batch, n, values]. */
  @JsonTypeName("RepeatVector")
  record RepeatVector(
      String name,
      @Describe("Number of repetitions.") @Range(min = 1, max = 10_000) @Required Integer n)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(RepeatVector.class);

    public RepeatVector {
      RULES.check("name", name);
      n = RULES.check("n", n);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() != 1) {
        throw Shapes.wrongRank("RepeatVector takes a flat input [values]", input);
      }
      return List.of(n, input.get(0));
    }
  }

  /** A series without its first and last time steps. */
  @JsonTypeName("Cropping1D")
  record Cropping1D(
      String name,
      @Describe("Time steps that are removed: [before, after], or one number for both.")
          @Range(min = 0, max = 10_000)
          @Default("1")
          IntPair cropping)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(Cropping1D.class);

    public Cropping1D {
      RULES.check("name", name);
      cropping = RULES.check("cropping", cropping);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.cropped("cropping", "time", cropping, input.get(0)), input.get(1));
    }
  }

  /** Images without their edges. */
  @JsonTypeName("Cropping2D")
  record Cropping2D(
      String name,
      @Describe(
              "Pixels that are removed: one number, [rows, columns], or [[top, bottom], [left,"
                  + " right]].")
          @Range(min = 0, max = 10_000)
          @Default("0")
          Borders cropping)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(Cropping2D.class);

    public Cropping2D {
      RULES.check("name", name);
      cropping = RULES.check("cropping", cropping);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return List.of(
          Shapes.cropped("cropping[0]", "height", cropping.rows(), input.get(0)),
          Shapes.cropped("cropping[1]", "width", cropping.columns(), input.get(1)),
          input.get(2));
    }
  }

  /** Repeats every time step of a series. */
  @JsonTypeName("UpSampling1D")
  record UpSampling1D(
      String name,
      @Describe("How often each time step is repeated.") @Range(min = 1, max = 255) @Default("2")
          Integer size)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(UpSampling1D.class);

    public UpSampling1D {
      RULES.check("name", name);
      size = RULES.check("size", size);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times(input.get(0), size), input.get(1));
    }
  }

  /** Repeats every pixel of an image (nearest neighbour). */
  @JsonTypeName("UpSampling2D")
  record UpSampling2D(
      String name,
      @Describe("How often each pixel is repeated: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("2")
          IntPair size)
      implements ReshapingSpec {
    private static final FieldRules RULES = FieldRules.of(UpSampling2D.class);

    public UpSampling2D {
      RULES.check("name", name);
      size = RULES.check("size", size);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return List.of(
          Shapes.times(input.get(0), size.rows()),
          Shapes.times(input.get(1), size.columns()),
          input.get(2));
    }
  }
}
