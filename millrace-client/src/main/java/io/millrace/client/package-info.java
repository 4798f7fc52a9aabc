/** A client of Millrace's results service, on the JDK's own HTTP client. */
package io.millrace.client;
