/**
 * What is done to a sample: the order of an epoch, the parameters of a random transform, and the
 * resampling. All of it is pure: no Kafka, no clock, no random numbers but those passed in.
 */
package io.millrace.augmentation.transform;
