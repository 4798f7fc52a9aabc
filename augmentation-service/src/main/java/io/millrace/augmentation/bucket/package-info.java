/**
 * Buckets of S3 servers as folders that can only be read: a listing that is renewed now and then,
 * and a cache on disk of the objects that were read. What reads data sets reads them through {@link
 * java.nio.file.Path}, and does not know where they are.
 */
package io.millrace.augmentation.bucket;
