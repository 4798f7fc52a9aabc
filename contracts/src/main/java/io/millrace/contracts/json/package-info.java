/** Messages in and out of JSON, with errors that name the field. */
package io.millrace.contracts.json;
