/** A client of the results service, based on the JDK's own HTTP client. */
package io.millrace.client;
