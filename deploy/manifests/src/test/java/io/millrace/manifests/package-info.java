/** Static checks of {@code deploy/compose} and {@code deploy/kubernetes}. */
package io.millrace.manifests;
