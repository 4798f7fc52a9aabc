/**
 * Where models and checkpoints are kept: the addresses of stores, and the clients of S3 servers.
 */
package io.millrace.storage;
