/** Parts that all queries share: pages, tables, cached answers. */
package io.millrace.results.query;
