package io.millrace.trainer.dl4j.device;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where arrays lie, and so how their values come and go and which stages can work on them. */
public enum Residence {
  /** In the process's own memory, which stages may read and write as it is. */
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

  /** In a device's memory: only ND4J's operations reach them. */
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

  /** Replaces an array's values, in C order, by the first ones given. */
  public abstract void write(float[] values, INDArray array);
}
