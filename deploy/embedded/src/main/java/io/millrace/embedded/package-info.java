/**
 * A Kafka broker, a PostgreSQL server and an S3 server without Docker, for tests and local stacks.
 */
package io.millrace.embedded;
