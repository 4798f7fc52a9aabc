/** What PostgreSQL keeps of the runs: the tables as entities, and the statements that fill them. */
package io.millrace.results.store;
