package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.tensor.Safetensors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The preprocessing of a sample as ONNX operators: images from levels 0..255, series and rows from
 * their columns' values.
 */
final class OnnxPreprocessing {
  /** Keras adds this to a standard deviation before it divides by it. */
  private static final double EPSILON = 1e-6;

  private OnnxPreprocessing() {}

  /**
   * @param statistics how images are standardized besides {@code rescale}, as safetensors
   */
  static String of(
      OnnxGraph graph,
      Augmentation augmentation,
      DatasetDescription data,
      Optional<byte[]> statistics,
      String x) {
    if (data.series() != null) {
      return scaled(graph, data.series(), x);
    }
    String values =
        graph.node("Mul", List.of(x, graph.number(augmentation.rescale().floatValue())));
    if (augmentation.samplewiseCenter()) {
      values = samplewise(graph, augmentation.samplewiseStdNormalization(), values);
    }
    if (statistics.isEmpty()) {
      return values;
    }
    Safetensors file = Safetensors.read(ByteBuffer.wrap(statistics.get()));
    if (augmentation.featurewiseCenter()) {
      values = featurewise(graph, augmentation.featurewiseStdNormalization(), file, values);
    }
    return augmentation.zcaWhitening() ? whitened(graph, data.sampleShape(), file, values) : values;
  }

  private static String scaled(OnnxGraph graph, SeriesScale series, String x) {
    List<ColumnScale> columns =
        series.features() == null
            ? List.of(new ColumnScale(null, series.scale(), series.offset()))
            : series.features();
    float[] offsets = new float[columns.size()];
    float[] scales = new float[columns.size()];
    for (int i = 0; i < scales.length; i++) {
      offsets[i] = columns.get(i).offset().floatValue();
      scales[i] = columns.get(i).scale().floatValue();
    }
    String from = graph.node("Sub", List.of(x, graph.numbers(offsets)));
    return graph.node("Div", List.of(from, graph.numbers(scales)));
  }

  private static String samplewise(OnnxGraph graph, boolean divides, String x) {
    String centred = graph.node("Sub", List.of(x, mean(graph, x)));
    if (!divides) {
      return centred;
    }
    String variance = mean(graph, graph.node("Mul", List.of(centred, centred)));
    String deviation =
        graph.node("Add", List.of(graph.node("Sqrt", List.of(variance)), graph.number(EPSILON)));
    return graph.node("Div", List.of(centred, deviation));
  }

  private static String mean(OnnxGraph graph, String x) {
    return graph.node("ReduceMean", List.of(x), attribute("axes", 1, 2, 3));
  }

  private static String featurewise(
      OnnxGraph graph, boolean divides, Safetensors statistics, String x) {
    double[] mean = doubles(statistics, "mean");
    double[] std = doubles(statistics, "std");
    float[] means = new float[mean.length];
    float[] factors = new float[mean.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) mean[i];
      factors[i] = (float) (1 / (std[i] + EPSILON));
    }
    String centred = graph.node("Sub", List.of(x, graph.numbers(means)));
    return divides ? graph.node("Mul", List.of(centred, graph.numbers(factors))) : centred;
  }

  private static double[] doubles(Safetensors file, String name) {
    Safetensors.Tensor tensor = file.tensor(name);
    double[] values = new double[tensor.spec().elements()];
    tensor.data().asDoubleBuffer().get(values);
    return values;
  }

  private static String whitened(
      OnnxGraph graph, List<Integer> shape, Safetensors statistics, String x) {
    Safetensors.Tensor zca = statistics.tensor("zca");
    String matrix =
        graph.weights(
            "zca",
            zca.spec().shape(),
            () -> {
              float[] values = new float[zca.spec().elements()];
              zca.data().duplicate().order(zca.data().order()).asFloatBuffer().get(values);
              return values;
            });
    int size = zca.spec().shape().get(0);
    String rows = graph.node("Reshape", List.of(x, graph.integers(-1, size)));
    String product = graph.node("MatMul", List.of(rows, matrix));
    return graph.node(
        "Reshape", List.of(product, graph.integers(-1, shape.get(0), shape.get(1), shape.get(2))));
  }
}
