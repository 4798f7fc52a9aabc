package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
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

  /** All of a sample's values in one row: {@code [batch, …]} to {@code [batch, values]}. */
  @JsonTypeName("Flatten")
  record Flatten(String name) implements ReshapingSpec {
    public Flatten {
      LayerFields.name(name);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return List.of(Math.toIntExact(Shapes.values(input)));
    }
  }

  /**
   * Zeros before and after a series.
   *
   * @param padding 0..255 each; default 1
   */
  @JsonTypeName("ZeroPadding1D")
  record ZeroPadding1D(String name, IntPair padding) implements ReshapingSpec {
    public ZeroPadding1D {
      LayerFields.name(name);
      padding = Check.orElse(padding, IntPair.of(1)).within("padding", 0, 255);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(input.get(0) + padding.rows() + padding.columns(), input.get(1));
    }
  }

  /**
   * Zeros around images.
   *
   * @param padding 0..255 each; default 1
   */
  @JsonTypeName("ZeroPadding2D")
  record ZeroPadding2D(String name, Borders padding) implements ReshapingSpec {
    public ZeroPadding2D {
      LayerFields.name(name);
      padding = Check.orElse(padding, Borders.of(1)).within("padding", 0, 255);
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

  /**
   * The same values, row by row, in another shape.
   *
   * @param targetShape 1..3 sizes, one of which may be -1: what is left
   */
  @JsonTypeName("Reshape")
  record Reshape(String name, List<Integer> targetShape) implements ReshapingSpec {
    public Reshape {
      LayerFields.name(name);
      targetShape = List.copyOf(Check.size("target_shape", targetShape, 1, 3));
      for (int i = 0; i < targetShape.size(); i++) {
        int size = Check.range("target_shape[" + i + "]", targetShape.get(i), -1, 1 << 28);
        if (size == 0) {
          throw new InvalidMessageException("target_shape[" + i + "]", "0 is not a size");
        }
      }
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return Shapes.reshaped(targetShape, input);
    }
  }

  /**
   * The axes of a sample in another order.
   *
   * @param dims the axes, counted from 1, in their new order
   */
  @JsonTypeName("Permute")
  record Permute(String name, List<Integer> dims) implements ReshapingSpec {
    public Permute {
      LayerFields.name(name);
      dims = List.copyOf(Check.size("dims", dims, 1, 3));
      for (int i = 0; i < dims.size(); i++) {
        Check.range("dims[" + i + "]", dims.get(i), 1, 3);
      }
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

  /**
   * The same values {@code n} times in a row: {@code [batch, values]} to {@code [batch, n,
   * values]}.
   *
   * @param n 1..10,000: times
   */
  @JsonTypeName("RepeatVector")
  record RepeatVector(String name, Integer n) implements ReshapingSpec {
    public RepeatVector {
      LayerFields.name(name);
      n = Check.range("n", n, 1, 10_000);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() != 1) {
        throw Shapes.wrongRank("RepeatVector takes a flat input [values]", input);
      }
      return List.of(n, input.get(0));
    }
  }

  /**
   * A series without its first and last times.
   *
   * @param cropping 0..10,000 each: times before and after; default 1
   */
  @JsonTypeName("Cropping1D")
  record Cropping1D(String name, IntPair cropping) implements ReshapingSpec {
    public Cropping1D {
      LayerFields.name(name);
      cropping = Check.orElse(cropping, IntPair.of(1)).within("cropping", 0, 10_000);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.cropped("cropping", "time", cropping, input.get(0)), input.get(1));
    }
  }

  /**
   * Images without their edges.
   *
   * @param cropping 0..10,000 each; default 0
   */
  @JsonTypeName("Cropping2D")
  record Cropping2D(String name, Borders cropping) implements ReshapingSpec {
    public Cropping2D {
      LayerFields.name(name);
      cropping = Check.orElse(cropping, Borders.of(0)).within("cropping", 0, 10_000);
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

  /**
   * Every time of a series several times.
   *
   * @param size 1..255: how often; default 2
   */
  @JsonTypeName("UpSampling1D")
  record UpSampling1D(String name, Integer size) implements ReshapingSpec {
    public UpSampling1D {
      LayerFields.name(name);
      size = Check.range("size", Check.orElse(size, 2), 1, 255);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times(input.get(0), size), input.get(1));
    }
  }

  /**
   * Every pixel of an image several times: the nearest value.
   *
   * @param size 1..255 each: how often; default 2
   */
  @JsonTypeName("UpSampling2D")
  record UpSampling2D(String name, IntPair size) implements ReshapingSpec {
    public UpSampling2D {
      LayerFields.name(name);
      size = Check.orElse(size, IntPair.of(2)).within("size", 1, 255);
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
