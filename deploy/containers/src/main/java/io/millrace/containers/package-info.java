/** What runs in containers beside the services. */
package io.millrace.containers;
