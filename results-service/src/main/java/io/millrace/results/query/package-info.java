/** What all queries share: pages, tables, short-lived answers. */
package io.millrace.results.query;
