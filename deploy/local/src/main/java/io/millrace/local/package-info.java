/**
 * The command line {@code deploy/millrace}: runs Millrace on one machine, and uses other stacks.
 */
package io.millrace.local;
