package io.millrace.contracts.tensor;

/** Element types of safetensors that Millrace reads and writes. */
public enum DType {
  /** Unsigned 8-bit integers. */
  U8(1),
  /** Signed 32-bit integers, little-endian. */
  I32(4),
  /** Signed 64-bit integers, little-endian. */
  I64(8),
  /** IEEE 754 single precision, little-endian. */
  F32(4),
  /** IEEE 754 double precision, little-endian. */
  F64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }
}
