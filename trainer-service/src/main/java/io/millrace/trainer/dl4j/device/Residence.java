package io.millrace.trainer.dl4j.device;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where arrays are; determines how values are read and written and which stages can work on them.
 */
public enum Residence {
  /** In the process's memory, which stages may read and write directly. */
  HOST {
    @Override
    public float[] read(INDArray array) {
      float[] values = new float[Math.toIntExact(array.length())];
      Floats.buffer(array).get(0, values);
      return values;
    }

    @Override
    public void write(float[] values, INDArray array) {
      Floats.buffer(array).put(0, values, 0, (int) array.length());
    }
  },

  /** In a device's memory, which only ND4J's operations reach. */
  DEVICE {
    @Override
    public float[] read(INDArray array) {
      return array.dup('c').data().asFloat();
    }

    @Override
    public void write(float[] values, INDArray array) {
      float[] exact = Arrays.copyOf(values, (int) array.length());
      array.assign(Nd4j.create(exact, array.shape(), 'c'));
    }
  };

  /** A copy of the values of an array in C order. */
  public abstract float[] read(INDArray array);

  /** Replaces an array's values, in C order, by the first of the given values. */
  public abstract void write(float[] values, INDArray array);
}
