package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * Layers that make one value of each window, or of each channel. They have no weights.
 *
 * @see <a href="https://keras.io/api/layers/pooling_layers/">Keras' layers of this family</a>
 */
public sealed interface PoolingSpec extends LayerSpec {

  /** Whether a layer pools a whole image or series to flat values. */
  static boolean isFlat(LayerSpec layer) {
    return layer instanceof GlobalMaxPooling1D max1 && !max1.keepdims()
        || layer instanceof GlobalMaxPooling2D max2 && !max2.keepdims()
        || layer instanceof GlobalAveragePooling1D mean1 && !mean1.keepdims()
        || layer instanceof GlobalAveragePooling2D mean2 && !mean2.keepdims();
  }

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /**
   * The maximum of each window of a series.
   *
   * @param poolSize 1..255: times of the window; default 2
   * @param strides 1..255: times between windows; by default pool_size; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("MaxPooling1D")
  record MaxPooling1D(String name, Integer poolSize, Integer strides, Padding padding)
      implements PoolingSpec {
    public MaxPooling1D {
      LayerFields.name(name);
      poolSize = Check.range("pool_size", Check.orElse(poolSize, 2), 1, 255);
      strides = Check.range("strides", Check.orElse(strides, poolSize), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times("pool_size", poolSize, strides, padding, input), input.get(1));
    }
  }

  /**
   * The maximum of each window.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides 1..255 each; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("MaxPooling2D")
  record MaxPooling2D(String name, IntPair poolSize, IntPair strides, Padding padding)
      implements PoolingSpec {
    public MaxPooling2D {
      LayerFields.name(name);
      poolSize = Check.orElse(poolSize, IntPair.of(2)).within("pool_size", 1, 255);
      strides = Check.orElse(strides, poolSize).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return Shapes.slide("pool_size", poolSize, strides, padding, input, input.get(2));
    }
  }

  /**
   * The mean of each window of a series; under padding same, of those of its values that lie
   * inside.
   *
   * @param poolSize 1..255: times of the window; default 2
   * @param strides 1..255: times between windows; by default pool_size; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("AveragePooling1D")
  record AveragePooling1D(String name, Integer poolSize, Integer strides, Padding padding)
      implements PoolingSpec {
    public AveragePooling1D {
      LayerFields.name(name);
      poolSize = Check.range("pool_size", Check.orElse(poolSize, 2), 1, 255);
      strides = Check.range("strides", Check.orElse(strides, poolSize), 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times("pool_size", poolSize, strides, padding, input), input.get(1));
    }
  }

  /**
   * The mean of each window; under padding same, of those of its values that lie inside the image.
   *
   * @param poolSize 1..255 each; default 2
   * @param strides 1..255 each; default {@code pool_size}
   * @param padding default {@code valid}
   */
  @JsonTypeName("AveragePooling2D")
  record AveragePooling2D(String name, IntPair poolSize, IntPair strides, Padding padding)
      implements PoolingSpec {
    public AveragePooling2D {
      LayerFields.name(name);
      poolSize = Check.orElse(poolSize, IntPair.of(2)).within("pool_size", 1, 255);
      strides = Check.orElse(strides, poolSize).within("strides", 1, 255);
      padding = Check.orElse(padding, Padding.VALID);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return Shapes.slide("pool_size", poolSize, strides, padding, input, input.get(2));
    }
  }

  /**
   * The maximum of each feature over time.
   *
   * @param keepdims whether the axes that are pooled stay, of size 1; default false
   */
  @JsonTypeName("GlobalMaxPooling1D")
  record GlobalMaxPooling1D(String name, Boolean keepdims) implements PoolingSpec {
    public GlobalMaxPooling1D {
      LayerFields.name(name);
      keepdims = Check.orElse(keepdims, false);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return keepdims ? List.of(1, input.get(1)) : List.of(input.get(1));
    }
  }

  /**
   * The maximum of each channel of an image.
   *
   * @param keepdims whether the axes that are pooled stay, of size 1; default false
   */
  @JsonTypeName("GlobalMaxPooling2D")
  record GlobalMaxPooling2D(String name, Boolean keepdims) implements PoolingSpec {
    public GlobalMaxPooling2D {
      LayerFields.name(name);
      keepdims = Check.orElse(keepdims, false);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return keepdims ? List.of(1, 1, input.get(2)) : List.of(input.get(2));
    }
  }

  /**
   * The mean of each feature over time.
   *
   * @param keepdims whether the axes that are pooled stay, of size 1; default false
   */
  @JsonTypeName("GlobalAveragePooling1D")
  record GlobalAveragePooling1D(String name, Boolean keepdims) implements PoolingSpec {
    public GlobalAveragePooling1D {
      LayerFields.name(name);
      keepdims = Check.orElse(keepdims, false);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return keepdims ? List.of(1, input.get(1)) : List.of(input.get(1));
    }
  }

  /**
   * The mean of each channel of an image.
   *
   * @param keepdims whether the axes that are pooled stay, of size 1; default false
   */
  @JsonTypeName("GlobalAveragePooling2D")
  record GlobalAveragePooling2D(String name, Boolean keepdims) implements PoolingSpec {
    public GlobalAveragePooling2D {
      LayerFields.name(name);
      keepdims = Check.orElse(keepdims, false);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return keepdims ? List.of(1, 1, input.get(2)) : List.of(input.get(2));
    }
  }
}
