/** Archives, restores and deletes runs that have ended: an event for each, and then the tables. */
package io.millrace.results.housekeeping;
