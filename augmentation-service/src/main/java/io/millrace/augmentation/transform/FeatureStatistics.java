package io.millrace.augmentation.transform;

/**
 * What Keras' {@code ImageDataGenerator.fit} learns from a training part whose values are
 * multiplied by {@code rescale}.
 *
 * @param mean by channel, over all samples, rows and columns
 * @param std likewise, the standard deviation (of the population)
 * @param zca the whitening matrix {@code [values, values]}, row by row, symmetric; null where it
 *     was not asked for
 */
public record FeatureStatistics(double[] mean, double[] std, float[] zca) {}
