/** HTTP: resources, and errors as JSON. */
package io.millrace.results.api;
