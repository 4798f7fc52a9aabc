/** The whole of Millrace on one machine: the command line behind {@code deploy/millrace}. */
package io.millrace.local;
