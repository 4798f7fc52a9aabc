/** The runs in PostgreSQL: the tables as entities, and the statements that write them. */
package io.millrace.results.store;
