/**
 * Buckets of S3 servers as read-only folders: a periodically updated listing, and a disk cache of
 * the objects that were read. The code that reads data sets uses {@link java.nio.file.Path} and
 * does not know where the files are.
 */
package io.millrace.augmentation.bucket;
