/** A real Kafka broker and a real PostgreSQL, without Docker, for tests and the local stack. */
package io.millrace.embedded;
