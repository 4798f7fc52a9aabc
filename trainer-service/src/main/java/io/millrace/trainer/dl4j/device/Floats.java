package io.millrace.trainer.dl4j.device;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Access to the memory of an array in the process: single precision, without gaps. */
public final class Floats {
  private Floats() {}

  /**
   * A pointer to the array's first value; it does not keep the array alive. For an array on a GPU
   * it points to the copy in the process's memory, which is updated now and is authoritative from
   * then on. Get the pointer after ND4J's last operation on the array, and again after the next
   * one.
   */
  public static FloatPointer pointer(INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(array.dataType() + " is not FLOAT");
    }
    // Neither call does anything if arrays are in the process's memory.
    AffinityManager places = Nd4j.getAffinityManager();
    places.ensureLocation(array, AffinityManager.Location.HOST);
    places.tagLocation(array, AffinityManager.Location.HOST);
    return new Address(array.data().addressPointer().address(), array.length());
  }

  /** The array's values, from position 0. */
  public static FloatBuffer buffer(INDArray array) {
    return pointer(array).asBuffer();
  }

  /** The array itself if its values are in C order without gaps, else a copy that is. */
  public static INDArray plain(INDArray array) {
    boolean plain = array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array);
    return plain ? array : array.dup('c');
  }

  /** A copy of an array's values in C order. */
  public static float[] read(INDArray array) {
    float[] values = new float[Math.toIntExact(array.length())];
    buffer(plain(array)).get(0, values);
    return values;
  }

  /** A new array of the values, in C order. */
  public static INDArray array(float[] values, long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    buffer(array).put(0, values, 0, (int) array.length());
    return array;
  }

  /** Replaces the first values of an array. */
  public static void write(float[] values, INDArray array) {
    buffer(array).put(0, values, 0, values.length);
  }

  private static final class Address extends FloatPointer {
    Address(long address, long length) {
      super((Pointer) null);
      this.address = address;
      this.limit = length;
      this.capacity = length;
    }
  }
}
