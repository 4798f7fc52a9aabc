/** Addresses of the stores for models and checkpoints, and clients of S3 servers. */
package io.millrace.storage;
