package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.MergingSpec;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of two inputs, summed along an axis of each, sample by sample. */
final class DotProduct {
  private final List<Integer> first;
  private final List<Integer> second;
  private final List<Integer> output;
  private final int firstAxis;
  private final int secondAxis;

  DotProduct(MergingSpec.Dot dot, NetworkPart part) {
    this.first = part.inputs().get(0);
    this.second = part.inputs().get(1);
    this.output = part.output();
    this.firstAxis = dot.first(first);
    this.secondAxis = dot.second(second);
  }

  /** Handles each product of two values, and the sum it belongs to, by index. */
  private interface Products {
    void see(int a, int b, int sum);
  }

  INDArray forward(INDArray a, INDArray b) {
    int batch = batch(a);
    float[] x = Floats.read(a);
    float[] y = Floats.read(b);
    float[] sums = new float[batch * Places.values(output)];
    walk(batch, (i, j, sum) -> sums[sum] += x[i] * y[j]);
    return Floats.array(sums, Places.shape(batch, output));
  }

  List<INDArray> backward(INDArray a, INDArray b, INDArray epsilon) {
    int batch = batch(a);
    float[] x = Floats.read(a);
    float[] y = Floats.read(b);
    float[] e = Floats.read(epsilon);
    float[] ofX = new float[x.length];
    float[] ofY = new float[y.length];
    walk(
        batch,
        (i, j, sum) -> {
          ofX[i] += e[sum] * y[j];
          ofY[j] += e[sum] * x[i];
        });
    return List.of(Floats.array(ofX, a.shape()), Floats.array(ofY, b.shape()));
  }

  private static int batch(INDArray array) {
    return (int) array.size(array.rank() == 3 ? 1 : 0);
  }

  private void walk(int batch, Products products) {
    int rows = Places.values(first) / first.get(firstAxis);
    int columns = Places.values(second) / second.get(secondAxis);
    for (int sample = 0; sample < batch; sample++) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          int sum = Places.at(row * columns + column, sample, batch, output);
          for (int k = 0; k < first.get(firstAxis); k++) {
            products.see(
                Places.at(index(first, firstAxis, row, k), sample, batch, first),
                Places.at(index(second, secondAxis, column, k), sample, batch, second),
                sum);
          }
        }
      }
    }
  }

  /**
   * The index, in Keras' order, of a value in a flat sample or a series, from its positions on both
   * axes.
   */
  private static int index(List<Integer> shape, int axis, int other, int along) {
    if (shape.size() == 1) {
      return along;
    }
    return axis == 0 ? along * shape.get(1) + other : other * shape.get(1) + along;
  }
}
