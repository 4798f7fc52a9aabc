/**
 * Transforms samples: the order of an epoch, the parameters of random transforms, and the
 * resampling. The package is pure: it uses no Kafka, no clock, and only random numbers that are
 * passed in.
 */
package io.millrace.augmentation.transform;
