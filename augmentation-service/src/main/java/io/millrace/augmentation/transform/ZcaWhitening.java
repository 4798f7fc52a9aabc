package io.millrace.augmentation.transform;

import io.millrace.contracts.request.Augmentation;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.eig.SymmetricQRAlgorithmDecomposition_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;

/**
 * The matrix that decorrelates images and changes them as little as possible: {@code U · diag(√n /
 * (s + ε)) · Uᵀ}, where {@code s} and {@code U} are the singular values and vectors of the {@code
 * n} centered images of the training part. Keras computes them from the images; here they come from
 * the images' covariance, whose eigenvalues are {@code s² / n}. As in Keras, {@code n} images give
 * at most {@code n} directions, and all other components are dropped. Bell and Sejnowski, "The
 * 'independent components' of natural scenes are edge filters", Vision Research 37, 1997.
 */
final class ZcaWhitening {
  /** The maximum factor for directions without variance, so that floats do not overflow. */
  private static final double MOST = 1e30;

  private ZcaWhitening() {}

  /**
   * The matrix {@code [size, size]}, symmetric.
   *
   * @param covariance {@code [size, size]} of the centered images; it is overwritten
   * @param samples n
   * @param epsilon ε
   */
  static float[] matrix(double[] covariance, int size, long samples, double epsilon) {
    if (size > Augmentation.MAX_ZCA_VALUES) {
      throw new IllegalArgumentException(size + " values are too many to whiten");
    }
    // Created explicitly, because the library's factories choose by the number of cores, which
    // would change the bytes.
    var eigen =
        new SymmetricQRAlgorithmDecomposition_DDRM(
            new TridiagonalDecompositionHouseholder_DDRM(), true);
    if (!eigen.decompose(DMatrixRMaj.wrap(size, size, covariance))) {
      throw new ArithmeticException("the eigenvectors of the images' covariance do not converge");
    }
    var matrix = new GramMatrix(size);
    double floor = epsilon / Math.sqrt(samples);
    double least = leastOf(eigen, samples);
    for (int i = 0; i < size; i++) {
      double variance = eigen.getEigenvalue(i).getReal();
      if (variance >= least) {
        double factor = 1 / (Math.sqrt(Math.max(0, variance)) + floor);
        matrix.add(eigen.getEigenVector(i).getData(), Math.min(factor, MOST));
      }
    }
    return floats(matrix.result());
  }

  /** The smallest variance among the directions that this many samples have. */
  private static double leastOf(SymmetricQRAlgorithmDecomposition_DDRM eigen, long samples) {
    int size = eigen.getNumberOfEigenvalues();
    double[] variances = new double[size];
    for (int i = 0; i < size; i++) {
      variances[i] = eigen.getEigenvalue(i).getReal();
    }
    Arrays.sort(variances);
    return variances[(int) Math.max(0, size - samples)];
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
