package io.millrace.trainer.dl4j;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of an array in the process: single precision, without gaps. */
final class Floats {
  private Floats() {}

  /** A pointer to the array's first value; it does not keep the array alive. */
  static FloatPointer pointer(INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(array.dataType() + " is not FLOAT");
    }
    return new Address(array.data().addressPointer().address(), array.length());
  }

  /** The array's values, from position 0. */
  static FloatBuffer buffer(INDArray array) {
    return pointer(array).asBuffer();
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
