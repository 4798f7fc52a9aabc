package io.millrace.augmentation.transform;

/**
 * The statistics that Keras' {@code ImageDataGenerator.fit} computes from a training part whose
 * values are multiplied by {@code rescale}.
 *
 * @param mean by channel, over all samples, rows and columns
 * @param std the (population) standard deviation, by channel
 * @param zca the whitening matrix {@code [values, values]}, row by row, symmetric; null if it was
 *     not requested
 */
public record FeatureStatistics(double[] mean, double[] std, float[] zca) {}
