package io.millrace.augmentation.dataset;

import java.util.function.LongConsumer;

/**
 * What the image data sets share.
 *
 * @param cache of decoded images
 * @param room for those that are being decoded
 * @param nanos told how long each decoded image took, in nanoseconds
 */
record Decoding(DecodedCache cache, DecodingRoom room, LongConsumer nanos) {}
