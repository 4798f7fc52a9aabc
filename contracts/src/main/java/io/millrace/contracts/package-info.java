/** The messages between the services: requests, tasks, events, commands and batches. */
package io.millrace.contracts;
