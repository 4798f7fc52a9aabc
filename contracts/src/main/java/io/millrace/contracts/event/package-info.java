/** What happens to a run, as its trainer tells it, and what users tell a run. */
package io.millrace.contracts.event;
