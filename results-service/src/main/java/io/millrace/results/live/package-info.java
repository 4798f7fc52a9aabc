/** Live streams of run events, which stay open until the reader closes them. */
package io.millrace.results.live;
