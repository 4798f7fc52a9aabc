package io.millrace.trainer.dl4j.layers;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;

/** Row-major matrix products in native memory. */
final class Gemm {
  private Gemm() {}

  /**
   * A matrix.
   *
   * @param start index of its first value
   * @param stride values from one row to the next
   * @param transposed whether the matrix is used transposed
   */
  record Matrix(FloatPointer memory, long start, int stride, boolean transposed) {
    Matrix(FloatPointer memory, long start, int stride) {
      this(memory, start, stride, false);
    }

    Matrix t() {
      return new Matrix(memory, start, stride, !transposed);
    }

    /** A pointer to the first value. */
    FloatPointer pointer() {
      return new FloatPointer(memory).position(memory.position() + start);
    }
  }

  /** {@code c = a b + beta c}, where {@code a} has {@code m} rows and {@code k} columns. */
  static void multiply(int m, int n, int k, Matrix a, Matrix b, float beta, Matrix c) {
    multiply(m, n, k, 1, a, b, beta, c);
  }

  /** {@code c = alpha a b + beta c}. */
  static void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
    cblas_sgemm(
        CblasRowMajor,
        a.transposed ? CblasTrans : CblasNoTrans,
        b.transposed ? CblasTrans : CblasNoTrans,
        m,
        n,
        k,
        alpha,
        a.pointer(),
        a.stride,
        b.pointer(),
        b.stride,
        beta,
        c.pointer(),
        c.stride);
  }
}
