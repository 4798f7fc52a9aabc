package io.millrace.augmentation.transform;

/**
 * A weighted sum of outer products of vectors with themselves, {@code Σ w·x·xᵀ}. Vectors are
 * collected and multiplied in groups, so that a row of the matrix is fetched once per group; the
 * summands of an element and their order depend only on the vectors.
 */
final class GramMatrix {
  private static final int GATHERED = 16;

  private final int size;
  private final double[] sums;
  private final double[][] vectors;
  private final double[] weights = new double[GATHERED];
  private int gathered;

  /**
   * @param size the length of a vector
   */
  GramMatrix(int size) {
    this.size = size;
    sums = new double[Math.multiplyExact(size, size)];
    vectors = new double[GATHERED][size];
  }

  /** Adds the product of a vector, which is copied. */
  void add(double[] vector, double weight) {
    System.arraycopy(vector, 0, vectors[gathered], 0, size);
    weights[gathered++] = weight;
    if (gathered == GATHERED) {
      multiply();
    }
  }

  /**
   * The sum so far {@code [size, size]}, row by row, symmetric; the array belongs to this object.
   */
  double[] result() {
    multiply();
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        sums[i * size + j] = sums[j * size + i];
      }
    }
    return sums;
  }

  private void multiply() {
    for (int v = gathered; v < GATHERED; v++) {
      weights[v] = 0;
    }
    for (int i = 0; i < size; i++) {
      for (int v = 0; v < gathered; v += 4) {
        multiply(i, v);
      }
    }
    gathered = 0;
  }

  /** Adds four vectors to a row, which is read and written only once. */
  private void multiply(int row, int v) {
    double[] first = vectors[v];
    double[] second = vectors[v + 1];
    double[] third = vectors[v + 2];
    double[] fourth = vectors[v + 3];
    double a = weights[v] * first[row];
    double b = weights[v + 1] * second[row];
    double c = weights[v + 2] * third[row];
    double d = weights[v + 3] * fourth[row];
    if (a == 0 && b == 0 && c == 0 && d == 0) {
      return;
    }
    int at = row * size;
    for (int j = row; j < size; j++) {
      sums[at + j] += a * first[j] + b * second[j] + (c * third[j] + d * fourth[j]);
    }
  }
}
