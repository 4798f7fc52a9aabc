/** Reads and writes messages as JSON, with errors that name the field. */
package io.millrace.contracts.json;
