/** What the services say to one another: requests, tasks, events, batches and where they travel. */
package io.millrace.contracts;
