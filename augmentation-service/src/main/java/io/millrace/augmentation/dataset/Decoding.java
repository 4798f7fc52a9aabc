package io.millrace.augmentation.dataset;

import java.util.function.LongConsumer;

/**
 * The resources that all image data sets share for decoding.
 *
 * @param cache of decoded images
 * @param room for images that are being decoded
 * @param nanos receives the time to decode each image, in nanoseconds
 */
record Decoding(DecodedCache cache, DecodingRoom room, LongConsumer nanos) {}
