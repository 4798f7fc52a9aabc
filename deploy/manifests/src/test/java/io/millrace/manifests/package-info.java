/**
 * Checks of {@code deploy/compose} and {@code deploy/kubernetes}: what can be known without them
 * running.
 */
package io.millrace.manifests;
